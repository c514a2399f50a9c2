"""With no webhook at all the nightly sweep arrives at Stripe's books, and does nothing twice."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from db.session import transaction
from payments import checkouts, giving, reconciling, sweeping_objects
from payments.findings import Report
from payments.gateway import NotFound
from payments.giving import Wish
from payments.models.events import Cursor, Reconciliation
from payments.models.giving import Checkout, Donation, DonationState, Interval, Plan, PlanState
from payments.models.money import LedgerEntry, PayoutEntry
from payments.models.receipts import Receipt
from payments.proving.ground import Ground
from payments.proving.story import DAY
from payments.sweeping_objects import Sweep
from tests.cast import BORIS
from tests.payments.properties import scene

CARD, DEBIT, BAD_DEBIT = "4242424242424242", "AT611904300234573201", "AT861904300235473202"


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    """Give a sandbox Stripe that rings for nothing."""
    with scene.ground(app, int(time.time())) as ground:
        yield ground


def gives(ground: Ground, number: str = CARD, *, monthly: bool = False) -> str:
    """Have Boris give 25 euros, and return the session's id."""
    wish = Wish(
        2_500, 0, "EUR", Interval.MONTH if monthly else None, "", BORIS, "Boris", "en",
        anonymous=False, tribute=None, tribute_name="", notice_address="", message="",
        joins_list=False, nonce=number,
    )  # fmt: skip
    where = {"base_url": "http://127.0.0.1", "organisation": "Us"}
    with transaction() as session:
        given = giving.begin(session, wish, now=ground.now())
        id_ = checkouts.prepare(session, given, now=ground.now(), **where).id
    checkouts.open_(ground.stripe, transaction, id_, now=ground.now())
    with transaction() as session:
        session_id = str(session.get_one(Checkout, id_).session_id)
    ground.operator.do(f"sessions/{session_id}/pay", number=number)
    return session_id


def swept(ground: Ground, *, days: float = 0.01) -> Sweep:
    """Have days pass, and sweep."""
    ground.operator.advance(int(days * DAY))
    return sweeping_objects.sweep(transaction, ground.stripe, now=ground.now())


def compared(ground: Ground) -> Report:
    return reconciling.compare(transaction, ground.stripe, now=ground.now())


def state() -> DonationState:
    with transaction() as session:
        return session.scalars(select(Donation.state)).one()


def test_a_gift_is_paid_receipted_and_in_the_ledger(ground: Ground) -> None:
    gives(ground)
    swept(ground)
    assert state() is DonationState.PAID
    with transaction() as session:
        assert session.scalars(select(Receipt.amount)).all() == [2_500]
    assert compared(ground).holds


def test_before_the_sweep_the_books_differ(ground: Ground) -> None:
    gives(ground)
    ground.operator.advance(60)
    report = compared(ground)
    assert not report.holds
    assert report.totals[0].ours == 0 < report.totals[0].stripe


@pytest.mark.parametrize(
    ("number", "ends"), [(DEBIT, DonationState.PAID), (BAD_DEBIT, DonationState.FAILED)]
)
def test_a_debit_is_on_its_way_and_then_paid_or_not(
    ground: Ground, number: str, ends: DonationState
) -> None:
    gives(ground, number)
    swept(ground)
    assert state() is DonationState.PROCESSING
    swept(ground, days=6)
    assert state() is ends
    assert compared(ground).holds


def test_each_renewal_of_a_plan_is_a_gift(ground: Ground) -> None:
    gives(ground, monthly=True)
    swept(ground, days=70)
    with transaction() as session:
        assert session.scalars(select(func.count()).select_from(Donation)).one() == 3
        assert session.scalars(select(Plan.state)).one() is PlanState.ACTIVE
    assert compared(ground).holds


def test_a_refund_and_a_dispute_are_found(ground: Ground) -> None:
    gives(ground)
    swept(ground)
    (intent,) = ground.stripe.intents(since=ground.now() - timedelta(days=2))
    ground.operator.do("refunds", payment_intent=intent.id, amount=500)
    ground.operator.do(f"charges/{intent.charge_id}/dispute")
    swept(ground)
    with transaction() as session:
        receipts = session.scalars(select(Receipt.amount).order_by(Receipt.id)).all()
    assert receipts == [2_500, 2_000]
    assert compared(ground).holds


def test_payouts_are_known_with_their_lines(ground: Ground) -> None:
    gives(ground)
    swept(ground, days=8)
    with transaction() as session:
        assert len(session.scalars(select(PayoutEntry)).all()) == 1
    (paid,) = compared(ground).payouts
    assert paid.holds


def test_a_second_sweep_has_nothing_to_do(ground: Ground) -> None:
    gives(ground)
    swept(ground, days=8)
    again = swept(ground)
    assert not +again.applied
    assert not +again.failed


def test_one_object_that_cannot_be_applied_keeps_no_other_from_it(ground: Ground) -> None:
    run = Sweep(transaction, ground.stripe, ground.now())

    def fetch(_: object, id_: str) -> str:
        if id_ == "bad":
            raise NotFound("resource_missing")
        return id_

    run.each("thing", ["bad", "good"], fetch, lambda _, __, /, *, now: None)  # noqa: ARG005 - Apply's shape
    assert (run.failed, run.applied) == ({"thing": 1}, {"thing": 1})


def test_a_sweep_after_months_of_absence_looks_back_as_far_as_the_last(ground: Ground) -> None:
    swept(ground)
    gives(ground)
    swept(ground, days=90)
    assert state() is DonationState.PAID
    assert compared(ground).holds


def test_a_ledger_that_lost_its_cursor_is_read_from_the_beginning(ground: Ground) -> None:
    gives(ground)
    swept(ground, days=8)
    with transaction() as session:
        session.execute(delete(Cursor))
        lines = session.scalars(select(func.count()).select_from(LedgerEntry)).one()
    swept(ground)
    with transaction() as session:
        assert session.scalars(select(func.count()).select_from(LedgerEntry)).one() == lines


def test_a_night_sweeps_compares_and_keeps_once(ground: Ground) -> None:
    gives(ground)
    ground.operator.advance(DAY)
    first = reconciling.night(transaction, ground.stripe, ground.now)
    assert first is not None
    assert first.holds
    assert reconciling.night(transaction, ground.stripe, ground.now) is None
    with transaction() as session:
        assert len(session.scalars(select(Reconciliation)).all()) == 1
