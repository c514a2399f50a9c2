"""Pause, resume, cancel and rate while it runs: each a row, each written down, nobody lost or repeated."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from config import limits
from db.session import transaction
from mailer import control, progress
from mailer.control import BadRate
from mailer.lifecycle import NotLawful
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Batch, Delivery
from tests import builders
from tests.cast import Staff
from tests.mailer.announcing.conftest import NOW, approve, cancel, freeze, freeze_once, read, start


@pytest.fixture
def preparing(app: Flask, chen: Staff, dana: Staff, monkeypatch: pytest.MonkeyPatch) -> int:
    """Give a started announcement to seven readers, frozen three at a time."""
    monkeypatch.setattr(limits, "FREEZE_CHUNK", 3)
    monkeypatch.setattr(limits, "WINDOW_SIZE", 2)
    builders.number_anew()
    builders.subscribers(7)
    id_ = builders.announcement(builders.release(), author=chen)
    approve(id_, dana)
    start(id_, dana)
    return id_


def pause(id_: int, note: str = "a slip", *, tell: bool = False) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        control.pause(session, made, staff_id=None, note=note, now=NOW, tell=tell)


def resume(id_: int, by: Staff, *, goes_on: bool = False) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        control.resume(session, made, staff_id=by.id, now=NOW, goes_on=goes_on)


def set_rate(id_: int, rate: float | None) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        control.set_rate(session, made, rate=rate, staff_id=None, now=NOW)


def skip() -> int:
    with transaction() as session:
        return control.skip_cancelled(session, now=NOW)


def counts(id_: int) -> dict[str, int]:
    with transaction() as session:
        found = progress.of(session, session.get_one(Announcement, id_))
        return {state.value: number for state, number in found.counts.items() if number}


def say(statement: str) -> None:
    with transaction() as session:
        session.execute(text(statement))


def test_paused_while_freezing_it_goes_on_freezing(preparing: int, dana: Staff) -> None:
    freeze_once(preparing)
    pause(preparing)
    assert (freeze(preparing), read(preparing).recipients) == (1, 3)
    resume(preparing, dana)
    assert read(preparing).state == "preparing"
    freeze(preparing)
    assert (read(preparing).state, read(preparing).recipients) == ("sending", 7)


def test_paused_while_sending_it_goes_on_sending(preparing: int, dana: Staff) -> None:
    freeze(preparing)
    pause(preparing, "5.7.1 from the relay", tell=True)
    step = read(preparing).events[-1]
    assert (step.state_after, step.note, step.tell) == ("paused", "5.7.1 from the relay", True)
    resume(preparing, dana, goes_on=True)
    assert (read(preparing).state, read(preparing).goes_on) == ("sending", True)


def test_what_is_paused_is_not_finished(preparing: int) -> None:
    freeze(preparing)
    pause(preparing)
    say("UPDATE batch SET closed_at = now()")
    with transaction() as session:
        assert control.finish_drained(session, now=NOW) == []


def test_a_rate_is_a_step_that_changes_no_state(preparing: int) -> None:
    set_rate(preparing, 2.5)
    step = read(preparing).events[-1]
    assert (step.state_before, step.state_after) == ("preparing", "preparing")
    assert (read(preparing).rate, step.note) == (2.5, "rate: 2.5 a second")
    set_rate(preparing, None)
    assert read(preparing).rate is None


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_what_is_no_rate_is_refused(preparing: int, rate: float) -> None:
    with pytest.raises(BadRate, match="above zero"):
        set_rate(preparing, rate)


def test_what_is_over_has_no_rate(preparing: int, dana: Staff) -> None:
    cancel(preparing, dana)
    with pytest.raises(NotLawful):
        set_rate(preparing, 5)


def test_cancelled_while_freezing_it_counts_what_was_frozen(preparing: int, dana: Staff) -> None:
    freeze_once(preparing)
    cancel(preparing, dana)
    assert freeze(preparing) == 1
    assert (skip(), skip()) == (2, 0)
    assert counts(preparing) == {"skipped": 3}
    with transaction() as session:
        assert progress.of(session, session.get_one(Announcement, preparing)).closes


def test_cancelled_what_was_settled_stays_and_what_is_in_doubt_is_said(
    preparing: int, dana: Staff
) -> None:
    freeze(preparing)
    for state, id_ in (("accepted", 1), ("refused", 2), ("deferred", 3)):
        say(f"UPDATE delivery SET state = '{state}' WHERE id = {id_}")  # noqa: S608 - our own words
    say(
        "UPDATE batch SET window_first_id = 4, window_last_id = 4, window_at = now()"
        " WHERE 4 BETWEEN first_delivery_id AND last_delivery_id"
    )
    say("UPDATE delivery SET doubts = 1 WHERE id = 5")
    cancel(preparing, dana)
    while skip():
        pass
    assert counts(preparing) == {"accepted": 1, "refused": 1, "skipped": 3, "uncertain": 2}
    with transaction() as session:
        reasons = select(Delivery.reason).where(Delivery.state == "skipped").distinct()
        assert session.scalars(reasons).all() == ["cancelled"]


def test_a_batch_of_a_living_sender_is_left_to_it(preparing: int, dana: Staff) -> None:
    freeze(preparing)
    say("UPDATE batch SET leased_until = now() + interval '1 minute' WHERE id = 1")
    cancel(preparing, dana)
    while skip():
        pass
    with transaction() as session:
        still = session.scalars(select(Batch.id).where(Batch.closed_at.is_(None))).all()
        assert list(still) == [1]
    say("UPDATE batch SET leased_until = now() - interval '1 minute' WHERE id = 1")
    assert (skip(), counts(preparing)) == (1, {"skipped": 7})


def test_nothing_of_another_announcement_is_skipped(
    preparing: int, chen: Staff, dana: Staff
) -> None:
    other = builders.announcement(builders.release("Other"), author=chen, approver=dana)
    for _ in range(3):
        freeze_once(preparing)
        freeze_once(other)
    cancel(preparing, dana)
    while skip():
        pass
    assert (counts(preparing), counts(other)) == ({"skipped": 7}, {"queued": 7})


def test_few_batches_are_closed_at_a_time(
    preparing: int, dana: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SKIP_BATCHES", 2)
    freeze(preparing)
    cancel(preparing, dana)
    with transaction() as session:
        batches = session.scalar(select(func.count()).select_from(Batch)) or 0
    closed = []
    while number := skip():
        closed.append(number)
    assert (sum(closed), max(closed)) == (batches, 2)
