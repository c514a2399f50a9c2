"""An event is stored once, whoever tells of it and however often."""

import hashlib
import threading

from flask import Flask
from sqlalchemy import func, select

from db.session import transaction
from payments.models.events import EventState, StripeEvent
from payments.models.money import CardFailure
from tests.payments.events.conftest import NOW, due, row, store, told


def count(table: type[StripeEvent | CardFailure]) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_it_is_stored_once_with_a_hash_of_its_bytes() -> None:
    assert store(told(), body=b"the very bytes")
    assert not store(told(), body=b"again")
    kept = row()
    assert kept.body_sha256 == hashlib.sha256(b"the very bytes").digest()
    assert (kept.state, kept.object_kind, kept.object_id) == (EventState.NEW, "refund", "re_1")
    assert due() == ["evt_1"]


def test_an_event_that_was_fetched_has_no_bytes() -> None:
    store(told(), body=None)
    assert row().body_sha256 is None


def test_a_type_that_nobody_applies_is_kept_and_left_alone() -> None:
    assert store(told(type_="balance.available"))
    assert (row().state, due()) == (EventState.IGNORED, [])


def test_a_refused_card_is_counted_once_and_asks_nobody() -> None:
    refused = told(type_="payment_intent.payment_failed")
    assert [store(refused), store(refused)] == [True, False]
    assert (count(CardFailure), row().state, due()) == (1, EventState.DONE, [])


def test_many_at_once_store_one(app: Flask) -> None:
    stored: list[bool] = []

    def tell() -> None:
        with app.app_context():
            stored.append(store(told()))

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(stored) == [False] * 7 + [True]
    assert count(StripeEvent) == 1


def test_the_longest_due_come_first() -> None:
    for number, seconds in enumerate((30, 10, 20)):
        moment = NOW.replace(second=seconds)
        store(told(f"evt_{number}", f"re_{number}"), now=moment)
    assert due(NOW.replace(second=20)) == ["evt_1", "evt_2"]
    assert due(NOW.replace(second=59)) == ["evt_1", "evt_2", "evt_0"]
