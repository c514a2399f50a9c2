"""A release as a foundation really published it, saved from its page with the site's menu on top.

Its text is not ours to copy: it lies beside the repository, and is compared by lengths and hashes.
"""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from mailer.ingest import reading, release
from mailer.ingest.release import Finding, Found
from mailer.parts import Contact, Dateline

REAL = Path(__file__).parents[4] / "shared" / "releases" / "kazakhstan-zhanaozen.txt"


@pytest.fixture
def found() -> Found:
    if not REAL.is_file():
        pytest.skip(
            "the real release is not kept in this repository: ../shared/releases is missing"
        )
    return release.parse(reading.load(REAL), name=REAL.name)


def short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_its_dateline_and_language_are_found(found: Found) -> None:
    assert found.parts.dateline == Dateline("NEW YORK", date(2012, 12, 14))
    assert found.parts.language == "en"
    assert found.parts.subhead == ""


def test_its_contact_is_found(found: Found) -> None:
    (contact,) = found.parts.contacts
    assert contact.telephone == "212-246-8486"
    assert contact.email.endswith("@thehrf.org")
    assert len(contact.name.split()) == 2


@pytest.mark.parametrize(
    ("part", "length", "digest"),
    [
        ("headline", 135, "d7065db15238da3b"),
        ("body", 4122, "226dd6d27116dddb"),
        ("boilerplate", 908, "3465a58d40332eac"),
        ("postal_address", 139, "2fb4109aa91d195d"),
    ],
)
def test_its_long_parts_are_whole(found: Found, part: str, length: int, digest: str) -> None:
    text = getattr(found.parts, part)
    assert (len(text), short_hash(text)) == (length, digest)


def test_its_body_begins_behind_the_dateline_and_ends_with_the_letter(found: Found) -> None:
    paragraphs = found.parts.body.split("\n\n")
    assert len(paragraphs) == 9
    assert paragraphs[0].startswith("Commemorating ")
    assert paragraphs[-1] == "- Read the letter here."


def test_its_four_links_without_a_target_are_reported(found: Found) -> None:
    links = [finding for finding in found.unplaced if finding.part == "link"]
    assert len(links) == 4
    assert links[-1] == Finding("link", "'here' has no target: kept as text")
    assert [finding.part for finding in found.unplaced] == ["link"] * 4


def test_the_menu_and_only_the_menu_is_left_out(found: Found) -> None:
    assert len(found.left_out) == 14
    assert found.left_out[:3:2] == ("Human Rights Foundation", "About Us")
    assert found.left_out[-2:] == ("[Join Our Mailing List](#)", "Contact")


def test_its_address_keeps_its_six_lines(found: Found) -> None:
    lines = found.parts.postal_address.split("\n")
    assert len(lines) == 6
    assert lines[2].startswith("New York")
    assert lines[-1].startswith("www.")


def test_it_has_one_contact_only(found: Found) -> None:
    assert Contact() not in found.parts.contacts
    assert sum(finding.part == "contact" for finding in found.found) == 1
