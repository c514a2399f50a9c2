"""An event rings for its object: fetched with no transaction open, applied in one, by one at a time."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from payments import events, gateway, tasks
from payments.models.events import EventState, MoneyTask, TaskKind
from tests.payments.events import recording
from tests.payments.events.conftest import NOW, due, process, row, store, told

LEASE = timedelta(seconds=limits.EVENT_LEASE_SECONDS)
NO_ANSWER = gateway.TemporaryFailure("Stripe gave no sure answer; ask again")


def fail(error: BaseException) -> None:
    raise error


def open_tasks() -> list[tuple[TaskKind, str]]:
    with transaction() as session:
        found = session.scalars(select(MoneyTask).where(MoneyTask.done_at.is_(None)))
        return [(task.kind, task.about) for task in found]


def fail_always(stripe: gateway.Gateway) -> None:
    """Try an event whenever it is due, until it is given up."""
    while row().state is EventState.NEW:
        recording.while_fetching.append(lambda: fail(NO_ANSWER))
        process(stripe, now=row().next_try_at)


def test_it_is_applied_once(stripe: gateway.Gateway) -> None:
    store(told())
    assert [process(stripe), process(stripe)] == [EventState.DONE, None]
    assert (recording.applied, due()) == (["re_1"], [])
    assert (row().done_at, row().attempts) == (NOW, 1)


def test_what_is_not_there_is_nobodys(stripe: gateway.Gateway) -> None:
    assert process(stripe, "evt_none") is None


def test_all_that_ring_for_one_object_are_one_fetch(stripe: gateway.Gateway) -> None:
    store(told("evt_1"))
    store(told("evt_2", type_="refund.updated"))
    store(told("evt_3", "re_2"))
    assert process(stripe, "evt_2") is EventState.DONE
    assert (recording.fetched, due()) == (["re_1"], ["evt_3"])
    assert row("evt_1").state is EventState.DONE


def test_an_object_is_fetched_by_one_at_a_time(stripe: gateway.Gateway) -> None:
    store(told("evt_1"))
    seen = []

    def meanwhile() -> None:
        store(told("evt_2", type_="refund.updated"))
        seen.append(process(stripe, "evt_2"))

    recording.while_fetching.append(meanwhile)
    assert process(stripe, "evt_1") is EventState.DONE
    assert (seen, due()) == ([None], ["evt_2"])
    assert process(stripe, "evt_2") is EventState.DONE


def test_of_many_at_once_one_applies(app: Flask, stripe: gateway.Gateway) -> None:
    store(told())
    ended: list[EventState | None] = []

    def work() -> None:
        with app.app_context():
            ended.append(process(stripe))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (ended.count(EventState.DONE), ended.count(None)) == (1, 5)
    assert recording.applied == ["re_1"]


def test_who_outlived_their_lease_applies_nothing(stripe: gateway.Gateway) -> None:
    store(told())
    later: list[EventState | None] = []
    recording.while_fetching.append(lambda: later.append(process(stripe, now=NOW + LEASE)))
    assert process(stripe) is None
    assert (later, recording.applied) == ([EventState.DONE], ["re_1"])


def test_who_fetched_before_a_replay_applies_nothing(stripe: gateway.Gateway) -> None:
    store(told())

    def meanwhile() -> None:
        with transaction() as session:
            events.replay(session, "evt_1", NOW)
        process(stripe, now=NOW + timedelta(seconds=1))

    recording.while_fetching.append(meanwhile)
    assert process(stripe) is None
    assert (recording.applied, row().state) == (["re_1"], EventState.DONE)


def test_who_outlived_their_lease_and_fails_changes_nothing(stripe: gateway.Gateway) -> None:
    store(told())

    def meanwhile() -> None:
        process(stripe, now=NOW + LEASE)
        fail(NO_ANSWER)

    recording.while_fetching.append(meanwhile)
    assert process(stripe) is None
    assert (row().state, row().fault) == (EventState.DONE, None)


def test_what_goes_wrong_is_kept_and_tried_again_later(stripe: gateway.Gateway) -> None:
    store(told())
    recording.while_fetching.append(lambda: fail(NO_ANSWER))
    assert process(stripe) is EventState.NEW
    wait = timedelta(seconds=limits.EVENT_WAITS_SECONDS[0])
    assert (row().fault, row().next_try_at) == ("TemporaryFailure", NOW + wait)
    assert (due(), due(NOW + wait)) == ([], ["evt_1"])
    assert process(stripe, now=NOW + wait) is EventState.DONE


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (gateway.NotFound("resource_missing", "no such"), "NotFound resource_missing"),
        (gateway.PermanentFailure("card_declined"), "PermanentFailure card_declined"),
        (ValueError("amira@example.org"), "ValueError"),
    ],
)
def test_a_fault_names_its_kind_and_nobody(
    stripe: gateway.Gateway, error: Exception, fault: str
) -> None:
    store(told())
    recording.while_fetching.append(lambda: fail(error))
    process(stripe)
    assert row().fault == fault


def test_what_was_half_applied_is_taken_back(stripe: gateway.Gateway) -> None:
    def half(session: Session) -> None:
        tasks.ask(session, TaskKind.UNMATCHED, "pi_1", donation_id=None, due_at=NOW, now=NOW)
        session.execute(text("SELECT 1/0"))

    store(told())
    recording.once_applied.append(half)
    assert process(stripe) is EventState.NEW
    assert (row().fault, open_tasks(), recording.applied) == ("DataError", [], [])


def test_who_is_killed_leaves_it_to_the_next(stripe: gateway.Gateway) -> None:
    store(told())
    recording.once_applied.append(lambda _: fail(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        process(stripe)
    assert due(NOW + LEASE) == ["evt_1"]
    assert process(stripe, now=NOW + LEASE) is EventState.DONE
    assert recording.applied == ["re_1"]


def test_what_kills_whoever_tries_is_given_up(stripe: gateway.Gateway) -> None:
    store(told())
    for attempt in range(events.TRIES):
        recording.while_fetching.append(lambda: fail(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            process(stripe, now=NOW + attempt * LEASE)
    assert process(stripe, now=NOW + events.TRIES * LEASE) is None
    assert (row().state, open_tasks()) == (EventState.DEAD, [(TaskKind.DEAD_EVENT, "evt_1")])


def test_after_the_last_try_staff_are_asked(stripe: gateway.Gateway) -> None:
    store(told())
    fail_always(stripe)
    assert (row().state, row().attempts) == (EventState.DEAD, events.TRIES)
    assert open_tasks() == [(TaskKind.DEAD_EVENT, "evt_1")]
    assert len(recording.fetched) == events.TRIES
    assert due(NOW + timedelta(days=365)) == []


def test_a_dead_one_is_replayed_and_its_task_is_settled(stripe: gateway.Gateway) -> None:
    store(told())
    fail_always(stripe)
    with transaction() as session:
        events.replay(session, "evt_1", NOW)
    assert (due(), row().attempts) == (["evt_1"], 0)
    assert process(stripe) is EventState.DONE
    assert open_tasks() == []


def test_one_that_dies_again_is_still_asked_about(stripe: gateway.Gateway) -> None:
    store(told())
    for _ in range(2):
        fail_always(stripe)
        with transaction() as session:
            events.replay(session, "evt_1", NOW)
    assert open_tasks() == [(TaskKind.DEAD_EVENT, "evt_1")]


def test_one_that_dies_again_is_asked_about_though_staff_had_settled_it(
    stripe: gateway.Gateway,
) -> None:
    store(told())
    for _ in range(2):
        fail_always(stripe)
        assert open_tasks() == [(TaskKind.DEAD_EVENT, "evt_1")]
        with transaction() as session:
            about = (TaskKind.DEAD_EVENT, "evt_1")
            tasks.settle(session, *about, outcome="mended", staff_id=None, now=NOW)
            events.replay(session, "evt_1", NOW)


def test_one_that_was_applied_may_be_applied_again(stripe: gateway.Gateway) -> None:
    store(told())
    process(stripe)
    with transaction() as session:
        events.replay(session, "evt_1", NOW)
    assert process(stripe) is EventState.DONE
    assert recording.applied == ["re_1", "re_1"]


def test_what_is_unknown_or_left_alone_is_not_replayed() -> None:
    store(told(type_="balance.available"))
    with transaction() as session, pytest.raises(events.NotApplied, match=r"balance\.available"):
        events.replay(session, "evt_1", NOW)
    with transaction() as session, pytest.raises(events.UnknownEvent, match="evt_2"):
        events.replay(session, "evt_2", NOW)
