"""Refunds, ours or made in the dashboard: each is a row by Stripe's id, and waits for its payment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import gateway, giving_events, ledger, receipts, standing, tasks
from payments.applying import letters, locks, warnings
from payments.models.events import TaskKind
from payments.models.giving import Donation
from payments.models.money import Refund

GIVEN_BACK: Final = "refunded"
CAME_BACK: Final = "refund came back"

_LIFE: Final = {
    "new": 0,
    "pending": 1,
    "requires_action": 1,
    "succeeded": 2,
    "failed": 3,
    "canceled": 3,
}
"""How far along a status is: what was fetched earlier and applied later must not take a refund back."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A refund as it was fetched, whose payment it takes from, and its lines of Stripe's books."""

    refund: gateway.Refund
    payment_intent_id: str | None
    entries: tuple[gateway.BalanceTransaction, ...]


def fetch(stripe: gateway.Gateway, refund_id: str) -> Snapshot:
    """Fetch a refund with its lines of the books."""
    refund = stripe.refund_of(refund_id)
    intent_id = refund.payment_intent_id
    if intent_id is None and refund.charge_id is not None:
        intent_id = stripe.charge(refund.charge_id).payment_intent_id
    entries = tuple(stripe.balance_transaction(each) for each in refund.balance_transaction_ids)
    return Snapshot(refund, intent_id, entries)


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Write a refund down and, where its payment is known, do what it means for the gift."""
    if snapshot.payment_intent_id is None:
        ledger.write_all(session, snapshot.entries, now=now)
        tasks.ask_whose(session, snapshot.refund.id, now=now)
        return
    locks.intent(session, snapshot.payment_intent_id)
    donation = locks.donation_of_intent(session, snapshot.payment_intent_id)
    ledger.write_all(session, snapshot.entries, now=now)
    row = _mirror(session, snapshot.refund, snapshot.payment_intent_id)
    if donation is not None:
        follow(session, donation, row, now=now)


def follow(session: Session, donation: Donation, row: Refund, *, now: datetime) -> None:
    """Do once what a refund means for its gift, which the caller has locked."""
    name = str(row.refund_id)
    if row.status in standing.GIVEN_BACK:
        if giving_events.once(session, donation, GIVEN_BACK, name, now=now):
            receipts.correct(session, donation, cause=f"{name}:refunded", now=now)
            letters.tell(session, donation, letters.REFUNDED, row.amount, now=now)
        _settle_what_it_answers(session, row.payment_intent_id, now=now)
    elif row.status in {"failed", "canceled"}:
        _take_back(session, donation, row, now=now)


def held(session: Session, payment_intent_id: str) -> list[Refund]:
    """Return the refunds of a payment that Stripe has told of, the oldest first."""
    return list(
        session.scalars(
            select(Refund)
            .where(Refund.payment_intent_id == payment_intent_id, Refund.refund_id.is_not(None))
            .order_by(Refund.made_at, Refund.refund_id)
        )
    )


def _take_back(session: Session, donation: Donation, row: Refund, *, now: datetime) -> None:
    """The money is ours again: the receipt says so where it said otherwise, and staff find another way."""
    name = str(row.refund_id)
    if not giving_events.once(session, donation, CAME_BACK, name, now=now):
        return
    if giving_events.happened(session, donation, GIVEN_BACK, name):
        receipts.correct(session, donation, cause=f"{name}:{row.status}", now=now)
    if row.status == "failed":
        tasks.ask(
            session,
            TaskKind.REFUND_FAILED,
            name,
            donation_id=donation.id,
            due_at=now + timedelta(seconds=limits.MONEY_TASK_DUE_SECONDS),
            now=now,
        )


def _settle_what_it_answers(session: Session, intent_id: str, *, now: datetime) -> None:
    """A payment that was given back whole asks nothing any more of who saw it twice, or feared fraud."""
    if standing.given_back_whole(session, intent_id):
        tasks.settle(
            session,
            TaskKind.DUPLICATE,
            intent_id,
            outcome="given back whole",
            staff_id=None,
            now=now,
        )
        warnings.settle(session, intent_id, now=now)


def _mirror(session: Session, told: gateway.Refund, intent_id: str) -> Refund:
    row = _row(session, told, intent_id)
    if row is None:
        row = Refund(payment_intent_id=intent_id, status="new", amount=told.amount)
        session.add(row)
    if _LIFE.get(told.status, 0) >= _LIFE.get(row.status, 0):
        row.status, row.failure_reason = told.status, told.failure_reason
    row.refund_id, row.currency, row.made_at = told.id, told.currency, told.made_at
    session.flush()
    return row


def _row(session: Session, told: gateway.Refund, intent_id: str) -> Refund | None:
    """Find a refund's row: by its id, or the one that waits for the answer to the same request of ours."""
    known = session.scalar(select(Refund).where(Refund.refund_id == told.id))
    if known is not None:
        return known
    return session.scalar(
        select(Refund)
        .where(
            Refund.payment_intent_id == intent_id,
            Refund.refund_id.is_(None),
            Refund.status == "new",
            Refund.amount == told.amount,
        )
        .order_by(Refund.id)
        .limit(1)
    )
