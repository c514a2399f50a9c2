"""Schedules and embargoes: at its hour and not before, and never by itself when that hour is long over."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from config import limits
from db.session import transaction
from mailer import releases, schedules
from mailer.approvals import ContentChanged
from mailer.lifecycle import NotLawful
from mailer.models.announcements import Announcement
from mailer.schedules import BadSchedule, UnderEmbargo
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, approve, cancel, read, start

HOUR = timedelta(hours=1)
LATE = timedelta(seconds=limits.SCHEDULE_LATE_SECONDS)


@pytest.fixture
def approved(app: Flask, chen: Staff, dana: Staff) -> int:
    """Give an announcement that Dana has approved."""
    id_ = builders.announcement(builders.release(), author=chen)
    approve(id_, dana)
    return id_


def schedule(id_: int, by: Staff, at: datetime = NOW + HOUR, zone: str = "Europe/Berlin") -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        schedules.schedule(session, made, start_at=at, zone=zone, staff_id=by.id, now=NOW)


def unschedule(id_: int, by: Staff) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        schedules.unschedule(session, made, staff_id=by.id, now=NOW)


def start_due(now: datetime) -> list[int]:
    with transaction() as session:
        return schedules.start_due(session, now=now)


def embargoed(chen: Staff, dana: Staff, until: datetime) -> int:
    """Give an approved announcement of a release under embargo."""
    slug = builders.release()
    with transaction() as session:
        releases.set_embargo(session, releases.named(session, slug), until, "Europe/Berlin")
    id_ = builders.announcement(slug, author=chen)
    approve(id_, dana)
    return id_


def test_it_starts_at_its_hour_and_not_before(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    assert start_due(NOW + HOUR - timedelta(seconds=1)) == []
    assert start_due(NOW + HOUR) == [approved]
    assert start_due(NOW + HOUR) == []
    made = read(approved)
    assert (made.state, made.started_at, made.zone) == ("preparing", NOW + HOUR, "Europe/Berlin")
    assert made.release.published_at == NOW + HOUR


def test_the_zone_is_said_in_the_step(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    assert read(approved).events[-1].note == "22 November 2026, 14:00 (Europe/Berlin)"


def test_an_hour_long_over_is_held_and_told(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    assert start_due(NOW + HOUR + LATE + timedelta(seconds=1)) == []
    made = read(approved)
    assert (made.state, made.events[-1].tell) == ("held", True)
    assert "14:00 (Europe/Berlin) and did not" in made.events[-1].note


def test_at_the_edge_it_still_starts(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    assert start_due(NOW + HOUR + LATE) == [approved]


@pytest.mark.parametrize("act", [schedule, start, cancel])
def test_a_person_decides_about_what_is_held(approved: int, dana: Staff, act: object) -> None:
    schedule(approved, dana)
    start_due(NOW + 3 * HOUR)
    {schedule: schedule, start: start, cancel: cancel}[act](approved, dana)  # type: ignore[index] # act is one of the keys
    assert read(approved).state in {"scheduled", "preparing", "cancelled"}


@pytest.mark.parametrize("at", [NOW, NOW - HOUR])
def test_a_time_that_is_over_is_refused(approved: int, dana: Staff, at: datetime) -> None:
    with pytest.raises(BadSchedule, match="is over"):
        schedule(approved, dana, at)


def test_an_unknown_zone_is_refused(approved: int, dana: Staff) -> None:
    with pytest.raises(BadSchedule, match="no time zone called 'Berlin'"):
        schedule(approved, dana, zone="Berlin")


@pytest.mark.parametrize("act", [unschedule, cancel])
def test_taking_the_hour_back_takes_the_publication_back(
    approved: int, dana: Staff, act: object
) -> None:
    schedule(approved, dana)
    assert read(approved).release.published_at == NOW + HOUR
    {unschedule: unschedule, cancel: cancel}[act](approved, dana)  # type: ignore[index] # act is one of the keys
    made = read(approved)
    assert (made.release.published_at, made.start_at) == (None, None)


def test_another_hour_moves_the_publication(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    schedule(approved, dana, NOW + 2 * HOUR)
    assert read(approved).release.published_at == NOW + 2 * HOUR
    assert start_due(NOW + HOUR) == []


def test_an_earlier_publication_stays_whatever_the_hour(approved: int, dana: Staff) -> None:
    with transaction() as session:
        session.get_one(Announcement, approved).release.published_at = NOW - HOUR
    schedule(approved, dana)
    unschedule(approved, dana)
    assert read(approved).release.published_at == NOW - HOUR


def test_started_by_hand_it_is_public_at_once(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    start(approved, dana)
    assert read(approved).release.published_at == NOW


def test_before_the_embargo_lifts_nothing_public_starts(chen: Staff, dana: Staff) -> None:
    id_ = embargoed(chen, dana, NOW + HOUR)
    with pytest.raises(UnderEmbargo, match="until 22 November 2026, 14:00"):
        start(id_, dana)
    with pytest.raises(UnderEmbargo):
        schedule(id_, dana, NOW + HOUR - timedelta(seconds=1))
    schedule(id_, dana, NOW + HOUR)
    assert start_due(NOW + HOUR) == [id_]


def test_an_edit_voids_the_schedule_and_the_publication(approved: int, dana: Staff) -> None:
    schedule(approved, dana, at=datetime.now(NOW.tzinfo) + HOUR)
    with transaction() as session:
        release = session.get_one(Announcement, approved).release
        releases.edit(session, release, builders.parts("Other"), revision=release.revision)
    assert read(approved).release.published_at is None
    assert start_due(datetime.now(NOW.tzinfo) + HOUR) == []
    made = read(approved)
    assert (made.state, made.events[-1].tell) == ("held", True)
    assert "was changed after it was proposed" in made.events[-1].note
    with pytest.raises(ContentChanged):
        start(approved, dana)


def test_what_its_hour_made_public_is_not_edited(approved: int, dana: Staff) -> None:
    schedule(approved, dana)
    earlier = datetime.now(NOW.tzinfo) - HOUR
    with transaction() as session:
        made = session.get_one(Announcement, approved)
        made.start_at = made.release.published_at = earlier
    with transaction() as session, pytest.raises(releases.ReleaseIsFixed, match="since the hour"):
        releases.refuse_if_fixed(session, session.get_one(Announcement, approved).release)


def test_one_that_cannot_start_keeps_no_other_from_it(app: Flask, chen: Staff, dana: Staff) -> None:
    ids = [builders.announcement(builders.release(f"Number {n}"), author=chen) for n in (1, 2)]
    for id_ in ids:
        approve(id_, dana)
        schedule(id_, dana)
    with transaction() as session:
        session.get_one(Announcement, ids[0]).content_hash = b"another"
    assert start_due(NOW + HOUR) == ids[1:]
    assert [read(id_).state for id_ in ids] == ["held", "preparing"]


def test_one_in_a_zone_that_is_gone_keeps_no_other_from_starting(
    app: Flask, chen: Staff, dana: Staff
) -> None:
    ids = [builders.announcement(builders.release(f"Number {n}"), author=chen) for n in (1, 2)]
    for id_, hours in zip(ids, (1, 4), strict=True):
        approve(id_, dana)
        schedule(id_, dana, NOW + hours * HOUR)
    with transaction() as session:
        session.get_one(Announcement, ids[0]).zone = "Mars/Olympus"
    assert start_due(NOW + 4 * HOUR) == ids[1:]
    held = read(ids[0])
    assert (held.state, held.events[-1].tell) == ("held", True)
    assert "22 November 2026, 13:00 (UTC) and did not" in held.events[-1].note


def test_what_is_not_approved_is_not_scheduled(app: Flask, chen: Staff) -> None:
    id_ = builders.announcement(builders.release(), author=chen)
    with pytest.raises(NotLawful):
        schedule(id_, chen)
