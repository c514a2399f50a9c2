"""Each row is ready to be stored, or refused with a reason that says what to mend."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import addresses
from mailer.lists import spelling, table
from mailer.lists.rows import Ready, Refused
from mailer.models.subscribers import Topic
from tests.builders import NOW
from tests.mailer.lists.conftest import HEADER, PROOF, rules_for
from tests.mailer.lists.test_find_the_mapping import LISTMONK, MAILCHIMP, UNSUBSCRIBED

CHOSEN = [Topic(id=1, slug="releases"), Topic(id=2, slug="courts")]
RETIRED = Topic(id=3, slug="prisons", retired_at=NOW)


def judge(content: str, *, reconfirm: bool = False) -> Ready | Refused:
    opened = table.read(io.BytesIO(content.encode()))
    rules = rules_for(opened, chosen=CHOSEN, reconfirm=reconfirm)
    known = {**rules.topics, RETIRED.slug: RETIRED}
    return replace(rules, topics=known).judge(next(opened.rows))


def ready(content: str, *, reconfirm: bool = False) -> Ready:
    judged = judge(content, reconfirm=reconfirm)
    assert isinstance(judged, Ready), judged
    return judged


def reason(content: str) -> str:
    judged = judge(content)
    assert isinstance(judged, Refused), judged
    return judged.reason


def test_a_whole_row_is_ready() -> None:
    found = ready(f'{HEADER}Amira@EXAMPLE.org,courts,es,{PROOF},"I ask, please"\n')
    assert (found.address, found.language, found.note) == (
        "Amira@example.org",
        "es",
        "I ask, please",
    )
    assert [topic.slug for topic in found.topics] == ["courts"]
    assert str(found.confirmed_at) == "2024-03-01 12:00:00+00:00"


@pytest.mark.parametrize(
    "cell", ["releases;courts", "releases|courts", "releases courts", '"releases, courts"', ""]
)
def test_topics_are_parted_in_several_ways_and_none_means_all(cell: str) -> None:
    found = ready(f"{HEADER}amira@example.org,{cell},,{PROOF},\n")
    assert [topic.slug for topic in found.topics] == ["releases", "courts"]
    assert found.language == "en"


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        ("2024-03-01T12:00:00Z", 12),
        ("2024-03-01T12:00:00+03:00", 9),
        ("2024-03-01 12:00:00", 12),
        ("2024-03-01", 0),
        ("2024-03-01 12:00:00.123456 +0000 UTC", 12),
        ("2024-03-01 12:00:00.123456789 +0200 CEST", 10),
        ("2026-11-22T12:01:59Z", 12),
    ],
)
def test_times_are_read_as_systems_write_them(cell: str, hour: int) -> None:
    at = ready(f"{HEADER}amira@example.org,,,{cell},\n").confirmed_at
    assert at is not None
    assert at.hour == hour


NO = {
    "no address": (f",,,{PROOF},", "there is no address"),
    "no mail address": (f"amira,,,{PROOF},", "does not look like an email address"),
    "a formula": (f'"=HYPERLINK(""x"")",,,{PROOF},', "does not look like an email address"),
    "an unknown topic": (f"amira@example.org,sports,,{PROOF},", "there is no topic sports"),
    "a formula for a topic": (f"amira@example.org,=1+1,,{PROOF},", "there is no topic =1+1"),
    "no proof": ("amira@example.org,,,,", "there is no proof of consent: confirmed_at is empty"),
    "no time": ("amira@example.org,,,yesterday,", "yesterday is no time of a consent"),
    "the end of time": ("amira@example.org,,,9999-12-31T23:59:59-12:00,", "no time of a consent"),
    "a clock never set": ("amira@example.org,,,1970-01-01,", "no time of a consent"),
    "the future": ("amira@example.org,,,2026-11-22T12:02:01Z,", "lies in the future"),
    "another language": (
        f"amira@example.org,,tlh,{PROOF},",
        "no mail is written in tlh: empty the cell for en",
    ),
    "no language": (f"amira@example.org,,English!,{PROOF},", "English! is no code of a language"),
    "a long note": (f"amira@example.org,,,{PROOF},{'x' * 2001}", "consent_note is longer"),
    "too many cells": (f"amira@example.org,,,{PROOF},,x", "it has 6 cells, the first line has 5"),
}


@pytest.mark.parametrize(("row", "words"), NO.values(), ids=NO)
def test_a_row_is_refused_with_its_reason(row: str, words: str) -> None:
    found = reason(f"{HEADER}{row}\n")
    assert words in found
    assert len(found) < 120


def test_what_stands_beyond_an_address_is_repeated_in_short() -> None:
    assert reason(f"{HEADER}amira@example.org,{'t' * 500},,{PROOF},\n").endswith("…")


@pytest.mark.parametrize("cell", ["es", "ES", "es-MX", "es_MX"])
def test_a_language_of_a_country_is_the_language(cell: str) -> None:
    assert ready(f"{HEADER}amira@example.org,,{cell},{PROOF},\n").language == "es"


def test_who_held_a_retired_topic_keeps_it_and_is_not_asked_about_it() -> None:
    row = f"{HEADER}amira@example.org,releases;prisons,,{PROOF},\n"
    assert [topic.slug for topic in ready(row).topics] == ["releases", "prisons"]
    refused = judge(row, reconfirm=True)
    assert isinstance(refused, Refused)
    assert refused.reason == "the topic prisons is retired: nobody can be asked about it"


def test_who_is_asked_again_needs_no_proof() -> None:
    assert ready("amira@example.org\n", reconfirm=True).confirmed_at is None


def test_a_row_of_mailman_may_have_a_name() -> None:
    named = ready("Amira, N. <amira@example.org>\n", reconfirm=True)
    assert named.address == "amira@example.org"


def test_a_row_of_mailchimp_brings_its_proof() -> None:
    assert str(ready(MAILCHIMP).confirmed_at) == "2024-03-01 12:00:00+00:00"


def test_who_left_mailchimp_is_refused() -> None:
    row = "amira@example.org,2024-03-01,2024-03-01,2024-05-01\n"
    assert reason(UNSUBSCRIBED + row) == "this person has left that list"


def test_who_is_not_enabled_in_listmonk_is_refused() -> None:
    assert ready(LISTMONK, reconfirm=True).address == "amira@example.org"
    blocked = LISTMONK.replace("enabled", "blocklisted")
    assert reason(blocked) == "its status is blocklisted"


_LOCALS = st.from_regex(r"[A-Za-z0-9.+'=_-]{1,66}", fullmatch=True) | st.sampled_from(
    ["Postmaster", "INFO", "Sales", "a..b", ".a", "a.", "é"]
)
_DOMAINS = st.from_regex(r"[A-Za-z0-9.-]{1,40}", fullmatch=True) | st.sampled_from(
    ["example.org", "EXAMPLE.Org", "xn--bcher-kva.example.org", "bücher.example.org", "localhost"]
)


@given(_LOCALS, _DOMAINS)
def test_the_quick_spelling_is_the_spelling(local: str, domain: str) -> None:
    def outcome(text: str, quick: bool) -> str:  # noqa: FBT001 - a switch of this test
        try:
            return (spelling.normalise if quick else addresses.normalise)(text)
        except addresses.BadAddress as bad:
            return f"refused: {bad}"

    address = f"{local}@{domain}"
    assert outcome(address, quick=True) == outcome(address, quick=False)
