"""An author sets a draft's embargo and says what it corrects."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from db.session import transaction
from mailer import releases
from mailer.models.releases import Amends, Release
from tests import builders
from tests.cast import hire
from tests.web.staff import members

SLUG = "example-a-journalist-is-free-again"
PAGE = f"/staff/releases/{SLUG}"
LIFTS = {"day": "2026-12-14", "hour": "09:00", "zone": "Europe/Paris"}


@pytest.fixture
def chen(app: Flask) -> members.Member:
    """Sign in Chen, an author, who has a draft."""
    builders.release()
    return members.of(app, "chen", "author")


def stored() -> Release:
    with transaction() as session:
        found = releases.named(session, SLUG)
        assert found.amended is None or found.amended.slug
        return found


def test_an_embargo_is_set_in_its_zone_and_lifted(chen: members.Member) -> None:
    page = chen.read(chen.post(f"{PAGE}/embargo", **LIFTS).location)
    assert "Under embargo until 14 December 2026, 09:00 (Europe/Paris)." in page
    assert 'type="time" value="09:00"' in page
    assert stored().embargo_until == datetime(2026, 12, 14, 8, tzinfo=UTC)
    assert "No embargo." in chen.read(chen.post(f"{PAGE}/embargo", zone="UTC").location)
    assert (stored().embargo_until, members.acts()) == (None, ["release.embargo"] * 2)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"zone": "Mars/Olympus"}, "no time zone called"),
        ({"hour": ""}, "the hour as 09:00"),
        ({"day": "14.12.2026"}, "Give the day as"),
        ({"day": "2026-03-29", "hour": "02:30"}, "does not exist on 2026-03-29"),
    ],
)
def test_a_time_that_is_none_is_refused_in_a_sentence(
    chen: members.Member, typed: dict[str, str], said: str
) -> None:
    assert said in chen.read(chen.post(f"{PAGE}/embargo", **LIFTS | typed).location)
    assert (stored().embargo_until, members.acts()) == (None, [])


def test_the_preview_under_embargo_shows_both_mails(chen: members.Member) -> None:
    chen.post(f"{PAGE}/embargo", **LIFTS | {"day": "2126-12-14"})
    early, later = (chen.read(f"{PAGE}/preview?audience={who}") for who in ("early", "public"))
    assert "[EMBARGOED until 14 December 2126" in early
    assert "[EMBARGOED" not in later
    assert "EMBARGOED" in chen.read(f"{PAGE}/preview/en.html?audience=early")


@pytest.mark.parametrize("kind", Amends)
def test_a_draft_is_tied_to_the_release_that_it_amends(chen: members.Member, kind: Amends) -> None:
    earlier = builders.release("What we said")
    builders.announcement(earlier, author=chen.staff, approver=hire("dana"))
    page = chen.read(chen.post(f"{PAGE}/amends", kind=kind, amended=earlier).location)
    assert f"This is a {kind} of: What we said" in page
    assert f'<a href="/staff/releases/{earlier}" dir="auto">What we said</a>' in page
    found = stored()
    assert found.amends is kind
    assert members.acts() == ["release.amend"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "praise", "amended": SLUG}, "Choose whether"),
        ({"kind": "correction", "amended": "nothing"}, "no release called nothing"),
        ({"kind": "correction", "amended": SLUG}, "cannot amend itself"),
    ],
)
def test_what_cannot_be_amended_is_said(
    chen: members.Member, fields: dict[str, str], said: str
) -> None:
    assert said in chen.read(chen.post(f"{PAGE}/amends", **fields).location)
    assert (stored().amends, members.acts()) == (None, [])
