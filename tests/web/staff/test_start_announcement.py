from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from db.session import transaction
from mailer import control, releases, schedules
from mailer.models.announcements import Announcement
from mailer.models.releases import Release
from mailer.models.subscribers import Subscriber, SubscriberState
from tests import builders
from tests.cast import hire
from tests.web.staff import forms, members
from tests.web.staff.members import Member

SLUG = "example-a-journalist-is-free-again"
ONE = "/staff/announcements/1"
START, HOUR = f"{ONE}/start", {"at": "2036-12-14T09:00", "zone": "Europe/Paris"}


@pytest.fixture
def dana(app: Flask) -> Member:
    """Sign in the approver, who has approved a release for three subscribers that waits for its start."""
    builders.subscribers(3)
    builders.announcement(builders.release(), author=hire("chen", "author"))
    dana = members.of(app, "dana", "approver")
    dana.post(f"{ONE}/approve", **forms.READ)
    return dana


def scheduled() -> Announcement:
    """Return the one announcement there is."""
    with transaction() as session:
        return session.scalars(select(Announcement)).one()


def embargo(until: datetime) -> None:
    """Put the release under embargo."""
    with transaction() as session:
        releases.set_embargo(session, releases.named(session, SLUG), until, "Europe/Paris")


def hold() -> None:
    """Schedule it, then find it two hours late, as after a restart."""
    with transaction() as session:
        one, now = session.scalars(select(Announcement)).one(), datetime.now(UTC)
        soon = now + timedelta(seconds=1)
        schedules.schedule(session, one, start_at=soon, zone="UTC", staff_id=1, now=now)
    with transaction() as session:
        assert schedules.start_due(session, now=now + timedelta(hours=2)) == []


def test_it_starts_now_after_one_more_question(dana: Member) -> None:
    assert "Start now: send to 3 subscribers" in dana.read(START)
    assert members.states() == ["approved"]
    assert dana.post(START).location == ONE
    assert members.states() == ["preparing"]
    assert members.acts()[-1] == "announcement.start"


def test_an_hour_is_shown_back_in_its_zone_and_in_utc(dana: Member) -> None:
    dana.post(f"{ONE}/schedule", **HOUR)
    page = dana.read(ONE)
    assert "14 December 2036, 09:00 (Europe/Paris), which is 08:00 UTC" in page
    assert scheduled().start_at == datetime(2036, 12, 14, 8, tzinfo=UTC)
    assert (members.states(), members.acts()[-1]) == (["scheduled"], "announcement.schedule")
    assert "public page" not in page
    assert "Public from" in dana.read(f"/staff/releases/{SLUG}")
    again = dana.read(START)
    assert 'value="2036-12-14T09:00"' in again
    assert "<option selected>Europe/Paris</option>" in again


def test_another_hour_takes_the_place_of_the_first(dana: Member) -> None:
    dana.post(f"{ONE}/schedule", **HOUR)
    assert dana.post(f"{ONE}/schedule", at="2037-01-01T00:00", zone="UTC").status_code == 303
    assert scheduled().start_at == datetime(2037, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"at": "2016-12-14T09:00", "zone": "UTC"}, "is over; choose a time to come"),
        ({"at": "tomorrow", "zone": "UTC"}, "Give the day and the hour as 2026-12-14T09:00"),
        ({"at": "", "zone": "UTC"}, "Give the day and the hour as 2026-12-14T09:00"),
        ({"at": "2036-12-14T09:00", "zone": "Nowhere/Land"}, "There is no time zone called"),
        ({"at": "2036-12-14T09:00", "zone": "../etc/passwd"}, "There is no time zone called"),
        ({"at": "2036-03-30T02:30", "zone": "Europe/Paris"}, "clocks are put forward then"),
        ({"at": "2036-12-14T09:00+05:00", "zone": "UTC"}, "Write the time without an offset"),
    ],
)
def test_an_hour_that_cannot_be_meant_is_refused_beside_the_form(
    dana: Member, fields: dict[str, str], sentence: str
) -> None:
    answer = dana.post(f"{ONE}/schedule", **fields)
    assert (answer.status_code, members.states()) == (409, ["approved"])
    assert sentence in answer.text
    assert 'type="datetime-local"' in answer.text


def test_what_was_scheduled_can_be_taken_back(dana: Member) -> None:
    dana.post(f"{ONE}/schedule", **HOUR)
    assert "Do not start it by itself" in dana.read(ONE)
    dana.post(f"{ONE}/unschedule")
    assert (members.states(), members.acts()[-1]) == (["approved"], "announcement.unschedule")
    answer = dana.post(f"{ONE}/unschedule")
    assert answer.status_code == 409
    assert "It has no hour any more" in answer.text


def test_before_the_embargo_lifts_nobody_but_the_press_is_told(app: Flask) -> None:
    builders.release()
    embargo(datetime(2036, 12, 14, 8, tzinfo=UTC))
    builders.announcement(SLUG, author=hire("chen", "author"))
    dana = members.of(app, "dana", "approver")
    assert "Approve and send" not in dana.read(f"{ONE}/approve")
    assert "is under embargo until" in dana.post(f"{ONE}/approve", **forms.START).text
    dana.post(f"{ONE}/approve", **forms.READ)
    assert 'value="2036-12-14T09:00"' in dana.read(START)
    for path, fields in ((START, {}), (f"{ONE}/schedule", {**HOUR, "at": "2036-12-14T08:59"})):
        answer = dana.post(path, **fields)
        assert answer.status_code == 409
        assert "is under embargo until 14 December 2036, 09:00 (Europe/Paris)" in answer.text
    assert dana.post(f"{ONE}/schedule", **HOUR).status_code == 303


def test_what_was_held_says_why_and_a_person_starts_it(dana: Member) -> None:
    hold()
    for page in (dana.read(ONE), dana.read(START), dana.read("/staff/")):
        assert "It should have started on" in page
    dana.post(START)
    assert members.states() == ["preparing"]


def test_an_audience_that_went_away_is_said_beside_the_button(dana: Member) -> None:
    with transaction() as session:
        session.execute(update(Subscriber).values(state=SubscriberState.ENDED))
    answer = dana.post(START)
    assert (answer.status_code, members.states()) == (409, ["approved"])
    assert "Nobody would get it" in answer.text


def test_what_was_changed_after_its_approval_does_not_start(dana: Member) -> None:
    with transaction() as session:
        release = releases.named(session, SLUG)
        releases.edit(session, release, builders.parts(body="Other."), revision=release.revision)
    assert "cannot be approved or started any more" in dana.read(ONE)
    for answer in (dana.get(START), dana.post(START), dana.post(f"{ONE}/schedule", **HOUR)):
        assert answer.status_code == 409
        assert "was changed after it was proposed" in answer.text


def test_whoever_signed_in_long_ago_proves_themselves_first(dana: Member) -> None:
    with dana.client.session_transaction("/staff/") as cookie:
        cookie["fs_paa"] = cookie["fs_paa"] - 3600
    for answer in (dana.get(START), dana.post(START), dana.post(f"{ONE}/schedule", **HOUR)):
        assert answer.location.startswith("/staff/sign-in/again?next=")
    assert members.states() == ["approved"]


@pytest.mark.parametrize("path", [START, f"{ONE}/schedule"])
def test_what_was_overtaken_is_answered_with_a_sentence(dana: Member, path: str) -> None:
    with transaction() as session:
        one = session.scalars(select(Announcement)).one()
        control.cancel(session, one, staff_id=None, note="", now=builders.NOW)
    answer = dana.post(path, **HOUR)
    assert answer.status_code == 409
    assert "It was taken back" in answer.text


def test_an_hour_in_a_zone_that_is_gone_is_read_in_utc(dana: Member) -> None:
    dana.post(f"{ONE}/schedule", **HOUR)
    with transaction() as session:
        session.execute(update(Announcement).values(zone="Mars/Olympus"))
    assert "14 December 2036, 08:00 (UTC)" in dana.read(ONE)
    page = dana.read(START)
    assert 'value="2036-12-14T08:00"' in page
    assert "<option selected>UTC</option>" in page


def test_an_embargo_in_a_zone_that_is_gone_is_read_in_utc(dana: Member) -> None:
    embargo(datetime(2036, 12, 14, 8, tzinfo=UTC))
    with transaction() as session:
        session.execute(update(Release).values(embargo_zone="Mars/Olympus"))
    assert "14 December 2036, 08:00 (UTC)" in dana.read(f"/staff/releases/{SLUG}")
    early = f"/staff/releases/{SLUG}/preview?audience=early&view=text"
    assert "14 December 2036, 08:00 UTC" in dana.read(early)
