"""Fourteen releases in six languages and many layouts give exactly the parts a person finds in them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mailer.ingest import reading, release
from mailer.ingest.release import Found

RELEASES = Path(__file__).parents[2] / "releases"
FILES = sorted(path for path in RELEASES.iterdir() if path.is_file())


def imported(path: Path) -> Found:
    return release.parse(reading.load(path), name=path.name)


def expected(path: Path) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads((RELEASES / "expected" / f"{path.name}.json").read_bytes())
    return stored


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_part_of_a_release_is_found(path: Path) -> None:
    parts, want = imported(path).parts, expected(path)
    assert (parts.language, parts.headline, parts.subhead) == (
        want["language"],
        want["headline"],
        want["subhead"],
    )
    assert parts.dateline.place == want["place"]
    assert (parts.dateline.day.isoformat() if parts.dateline.day else None) == want["day"]
    assert [list(asdict(contact).values()) for contact in parts.contacts] == want["contacts"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_text_of_a_release_is_in_its_part(path: Path) -> None:
    parts, want = imported(path).parts, expected(path)
    assert parts.body.split("\n\n") == want["body"]
    assert parts.boilerplate == "\n\n".join(want["boilerplate"])
    assert parts.postal_address == "\n".join(want["postal_address"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_has_no_place_is_reported(path: Path) -> None:
    found, want = imported(path), expected(path)
    assert [[finding.part, finding.note] for finding in found.unplaced] == want["unplaced"]
    assert list(found.left_out) == want["left_out"]


def test_every_release_has_its_expected_parts_and_the_other_way_round() -> None:
    stored = {path.name.removesuffix(".json") for path in (RELEASES / "expected").iterdir()}
    assert stored == {path.name for path in FILES}
    assert {expected(path)["language"] for path in FILES} == {"en", "es", "fr", "de", "ru", "ar"}
