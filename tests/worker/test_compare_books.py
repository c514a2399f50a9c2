"""The task of the night: it compares where donations are on, and has staff mailed where books differ."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from db.session import transaction
from mailer.models.deliveries import OutboxMail
from payments import ledger
from payments.models.events import Reconciliation
from payments.proving.ground import Ground
from payments.proving.story import DAY
from tests.payments.properties import scene
from tests.payments.reconciling import books as made
from tests.payments.reconciling.books import Hire
from tests.payments.sweeping.test_sweep_objects import gives
from worker.tasks import books


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    """Give a sandbox Stripe."""
    with scene.ground(app, 0) as ground:
        yield ground


def count(table: type[Reconciliation] | type[OutboxMail]) -> int:
    with transaction() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_where_donations_are_off_nothing_is_done(app: Flask) -> None:
    books.night()
    assert count(Reconciliation) == 0


def test_a_night_is_kept_once(ground: Ground) -> None:
    gives(ground)
    ground.operator.advance(DAY)
    for _ in range(2):
        books.night()
    with transaction() as session:
        assert session.scalars(select(Reconciliation.holds)).all() == [True]


def test_a_difference_is_mailed(ground: Ground, staff: Hire) -> None:
    staff("dana", "finance")
    with transaction() as session:
        ledger.write(session, made.line(1), now=ground.now())
    books.night()
    assert count(OutboxMail) == 1


def test_a_stripe_that_is_away_is_asked_an_hour_later(ground: Ground) -> None:
    ground.operator.do("troubles", kind="error_before", method="GET", count=99)
    books.night()
    assert count(Reconciliation) == 0
