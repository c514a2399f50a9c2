"""The breaker: refused cards beside payments decide, and silence shuts."""

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from payments import breaker
from payments.breaker import Level
from payments.models.money import CardFailure, Payment

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORDER = [Level.OPEN, Level.WARY, Level.SHUT]
counts = st.integers(0, 200)


@pytest.mark.parametrize(
    ("refused", "paid", "level"),
    [
        (0, 0, Level.OPEN),
        (limits.BREAKER_WARY - 1, 0, Level.OPEN),
        (limits.BREAKER_WARY, 0, Level.WARY),
        (limits.BREAKER_SHUT - 1, 0, Level.WARY),
        (limits.BREAKER_SHUT, 0, Level.SHUT),
        (limits.BREAKER_SHUT, limits.BREAKER_SHUT, Level.SHUT),
        (limits.BREAKER_SHUT, 10 * limits.BREAKER_SHUT, Level.WARY),
    ],
)
def test_what_refused_cards_mean_beside_payments(refused: int, paid: int, level: Level) -> None:
    assert breaker.judged(refused, paid) is level


@given(refused=counts, paid=counts)
def test_more_refusals_never_open_the_form_nor_payments_shut_it(refused: int, paid: int) -> None:
    judged = ORDER.index(breaker.judged(refused, paid))
    assert ORDER.index(breaker.judged(refused + 1, paid)) >= judged
    assert ORDER.index(breaker.judged(refused, paid + 1)) <= judged


@pytest.mark.parametrize(("age", "level"), [(0, Level.SHUT), (601, Level.OPEN)])
def test_only_the_last_ten_minutes_count(app: Flask, age: int, level: Level) -> None:
    at = NOW - timedelta(seconds=age)
    with transaction() as session:
        session.add_all(CardFailure(event_id=f"evt_{n}", at=at) for n in range(30))
    assert breaker.level(transaction, now=NOW) is level


def test_payments_of_the_same_time_speak_for_the_form(app: Flask) -> None:
    with transaction() as session:
        session.add_all(CardFailure(event_id=f"evt_{n}", at=NOW) for n in range(30))
        session.add_all(
            Payment(payment_intent_id=f"pi_{n}", amount=1, currency="EUR", paid_at=NOW)
            for n in range(40)
        )
    assert breaker.level(transaction, now=NOW) is Level.WARY


def test_where_nobody_can_tell_the_form_is_shut() -> None:
    def broken() -> AbstractContextManager[Session]:
        raise OperationalError("SELECT", {}, Exception("away"))

    assert breaker.level(broken, now=NOW) is Level.SHUT
