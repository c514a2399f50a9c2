"""Starting and cancelling: once, approved, and with the release made public."""

import pytest
from flask import Flask
from sqlalchemy import text

from db.session import transaction
from mailer import announcements, control
from mailer.audience import NobodyToMail
from mailer.lifecycle import NotLawful
from mailer.models.announcements import Announcement
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, Act, approve, cancel, freeze, read, start

LAWFUL: dict[str, set[Act]] = {
    "in review": {approve, cancel},
    "approved": {start, cancel},
    "preparing": {cancel},
    "sending": {cancel},
    "finished": set(),
    "cancelled": set(),
}


@pytest.fixture
def approved(app: Flask, chen: Staff, dana: Staff) -> int:
    """Give an announcement that Dana has approved."""
    id_ = builders.announcement(builders.release(), author=chen)
    approve(id_, dana)
    return id_


@pytest.mark.parametrize("act", [approve, start, cancel])
@pytest.mark.parametrize("state", LAWFUL)
def test_each_act_is_refused_but_where_it_is_lawful(
    approved: int, dana: Staff, state: str, act: Act
) -> None:
    with transaction() as session:
        session.execute(text("UPDATE announcement SET state = :state"), {"state": state})
    if act in LAWFUL[state]:
        act(approved, dana)
        assert read(approved).state != state
        return
    with pytest.raises(NotLawful):
        act(approved, dana)
    assert read(approved).state == state


def test_a_start_publishes_the_release_and_fixes_the_audience(approved: int, dana: Staff) -> None:
    last = max(builders.subscriber(f"reader{n}@example.org") for n in range(3))
    start(approved, dana)
    made = read(approved)
    assert (made.state, made.started_at, made.last_subscriber_id) == ("preparing", NOW, last)
    assert made.release.published_at == NOW


def test_a_release_published_earlier_keeps_its_day(approved: int, dana: Staff) -> None:
    earlier = NOW.replace(year=2025)
    with transaction() as session:
        session.get_one(Announcement, approved).release.published_at = earlier
    start(approved, dana)
    assert read(approved).release.published_at == earlier


def test_a_start_to_nobody_is_refused_with_the_reasons(approved: int, dana: Staff) -> None:
    with transaction() as session:
        session.execute(text("UPDATE subscriber SET state = 'ended'"))
    with pytest.raises(NobodyToMail, match="Press releases: not confirmed 1"):
        start(approved, dana)
    assert read(approved).state == "approved"


def test_a_second_start_changes_nothing(approved: int, dana: Staff) -> None:
    start(approved, dana)
    before = len(read(approved).events)
    with pytest.raises(NotLawful):
        start(approved, dana)
    assert len(read(approved).events) == before


def test_a_cancellation_says_who_and_why(approved: int, chen: Staff) -> None:
    cancel(approved, chen)
    last = read(approved).events[-1]
    assert (last.state_after, last.staff_id, last.note) == ("cancelled", chen.id, "a slip")


def test_whoever_leaves_before_they_are_frozen_leaves_nothing_to_send(
    approved: int, dana: Staff
) -> None:
    start(approved, dana)
    with transaction() as session:
        session.execute(text("UPDATE subscriber SET state = 'ended'"))
    assert freeze(approved) == 1
    with transaction() as session:
        assert control.finish_drained(session, now=NOW) == [approved]
    made = read(approved)
    assert (made.state, made.recipients, made.finished_at) == ("finished", 0, NOW)


def test_it_is_not_finished_while_a_batch_is_open(approved: int, dana: Staff) -> None:
    builders.subscribers(3)
    start(approved, dana)
    freeze(approved)
    for closed, finished in (("NULL", []), ("now()", [approved]), ("now()", [])):
        with transaction() as session:
            session.execute(text(f"UPDATE batch SET closed_at = {closed}"))  # noqa: S608 - our own words
            assert control.finish_drained(session, now=NOW) == finished


def test_preparing_names_what_waits_to_be_frozen(approved: int, dana: Staff) -> None:
    start(approved, dana)
    with transaction() as session:
        assert list(announcements.preparing(session)) == [approved]
    freeze(approved)
    with transaction() as session:
        assert list(announcements.preparing(session)) == []
