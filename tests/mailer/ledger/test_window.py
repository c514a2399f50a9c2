"""A window: consent is read again, who left is skipped, the rest is marked before it is offered."""

import pytest
from sqlalchemy import text

from config import limits
from db.base import db
from db.session import transaction
from mailer import claims, deliveries, subscribers, suppressions
from mailer.models.subscribers import Subscriber, SubscriberState
from tests.mailer.ledger.conftest import (
    Announce,
    accepted,
    at_hand,
    claimed,
    deferred,
    delivery,
    now,
    settle,
    states,
    window,
)

LEFT = {
    "ended": ("UPDATE subscriber SET state = 'ended' WHERE id = 2", "not confirmed any more"),
    "pending again": (
        "UPDATE subscriber SET state = 'pending' WHERE id = 2",
        "not confirmed any more",
    ),
    "suppressed": (
        "INSERT INTO suppression SELECT address_index, 'x' FROM subscriber WHERE id = 2",
        "suppressed",
    ),
    "off the topic": ("DELETE FROM subscriber_topic WHERE subscriber_id = 2", "left the topic"),
}


@pytest.mark.parametrize(("change", "reason"), LEFT.values(), ids=list(LEFT))
def test_who_left_since_the_freeze_is_skipped_with_the_reason(
    announced: Announce, change: str, reason: str
) -> None:
    announced(3)
    with db.engine.begin() as connection:
        connection.execute(text(change))
    assert window(claimed()) == [1, 3]
    skipped = delivery(2)
    assert (skipped.state, skipped.reason, skipped.attempts) == ("skipped", reason, 0)
    assert skipped.settled_at is not None


def test_a_reader_who_left_and_came_back_is_not_skipped(announced: Announce) -> None:
    announced(2)
    with transaction() as session:
        reader = session.get_one(Subscriber, 2)
        subscribers.end(session, reader, reason="unsubscribed", source="test", now=now())
    with transaction() as session:
        reader = session.get_one(Subscriber, 2)
        reader.state = SubscriberState.CONFIRMED
        suppressions.lift(session, reader.address_index)
    assert window(claimed()) == [1, 2]


def test_windows_go_through_a_batch_in_order(
    announced: Announce, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(7)
    monkeypatch.setattr(limits, "WINDOW_SIZE", 3)
    held, seen, after = claimed(), list[list[int]](), 0
    while ids := window(held, after):
        seen.append(ids)
        settle(held, *accepted(*ids))
        after = ids[-1]
    assert seen == [[1, 2, 3], [4, 5, 6], [7]]


def test_a_window_is_not_opened_over_an_open_one(announced: Announce) -> None:
    announced(2)
    held = claimed()
    window(held)
    with pytest.raises(claims.WindowOpen):
        window(held)
    assert at_hand() == [1, 2]


def test_a_window_never_reaches_into_the_batch_before(announced: Announce) -> None:
    announced(4, size=2)
    first, second = claimed(), claimed()
    assert (window(second, 0), window(first, 0)) == ([3, 4], [1, 2])


def test_windows_full_of_people_who_left_are_passed_over(
    announced: Announce, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(7)
    monkeypatch.setattr(limits, "WINDOW_SIZE", 2)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE subscriber SET state = 'ended' WHERE id <= 5"))
    assert window(claimed()) == [6]
    assert states()[:5] == ["skipped"] * 5


def test_everybody_left_means_an_empty_window(announced: Announce) -> None:
    announced(3)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE subscriber SET state = 'ended'"))
    assert window(claimed()) == []
    assert states() == ["skipped"] * 3


def test_what_is_deferred_is_offered_again_only_when_its_time_has_come(
    announced: Announce,
) -> None:
    announced(3)
    held = claimed()
    window(held)
    settle(held, deferred(1, seconds=3600), deferred(2, seconds=-1), *accepted(3))
    assert window(held) == [2]
    assert (states(), at_hand()) == (["deferred", "deferred", "accepted"], [2])


def test_the_mark_is_in_the_database_only_once_it_is_committed(announced: Announce) -> None:
    announced(2)
    held = claimed()
    with transaction() as session:
        deliveries.window(session, held, after=0)
        assert at_hand() == []
    assert at_hand() == [1, 2]


def test_a_reader_comes_with_what_a_copy_is_made_of(announced: Announce) -> None:
    announced(1)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE subscriber SET language = 'de', token_version = 3"))
    with transaction() as session:
        due = deliveries.window(session, claimed(), after=0)[0]
        row = session.get_one(Subscriber, 1)
    assert (due.subscriber_id, due.language, due.token_version) == (1, "de", 3)
    assert (due.address, due.address_index) == (row.address, row.address_index)
