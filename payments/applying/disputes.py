"""Disputes and inquiries: a row by Stripe's id, a task with its day, and a receipt that says what is lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import gateway, giving_events, ledger, receipts, standing, tasks
from payments.applying import locks
from payments.models.events import TaskKind
from payments.models.giving import Donation
from payments.models.money import Dispute

LOST: Final = "dispute lost"
BACK: Final = "disputed money came back"

_LIFE: Final = {
    "warning_needs_response": 0,
    "warning_under_review": 1,
    "warning_closed": 2,
    "needs_response": 3,
    "under_review": 4,
    "prevented": 5,
    "lost": 5,
    "appeal_needs_response": 6,
    "appeal_under_review": 7,
    "won": 8,
}
"""How far along a status is: what was fetched earlier and applied later must not take a dispute back."""

_APPEALS: Final = frozenset({"appeal_needs_response", "appeal_under_review"})
OVER: Final = frozenset({"warning_closed", "prevented", "lost", "won"})
"""Statuses in which nothing is asked of us any more."""

_SAID: Final = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry closed",
    "needs_response": "disputed",
    "under_review": "disputed",
    "prevented": "dispute prevented",
    "lost": LOST,
    "appeal_needs_response": LOST,
    "appeal_under_review": LOST,
    "won": "dispute won",
}
"""What a status is among the gift's events."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A dispute as it was fetched, whose payment it takes, and its lines of Stripe's books."""

    dispute: gateway.Dispute
    payment_intent_id: str | None
    entries: tuple[gateway.BalanceTransaction, ...]


def fetch(stripe: gateway.Gateway, dispute_id: str) -> Snapshot:
    """Fetch a dispute with its lines of the books."""
    dispute = stripe.dispute(dispute_id)
    intent_id = dispute.payment_intent_id or stripe.charge(dispute.charge_id).payment_intent_id
    entries = tuple(stripe.balance_transaction(each) for each in dispute.balance_transaction_ids)
    return Snapshot(dispute, intent_id, entries)


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Write a dispute down, ask staff, and do what it means for the gift where that is known."""
    if snapshot.payment_intent_id is None:
        ledger.write_all(session, snapshot.entries, now=now)
        tasks.ask_whose(session, snapshot.dispute.id, now=now)
        return
    locks.intent(session, snapshot.payment_intent_id)
    donation = locks.donation_of_intent(session, snapshot.payment_intent_id)
    ledger.write_all(session, snapshot.entries, now=now)
    row = _mirror(session, snapshot, snapshot.payment_intent_id)
    if donation is None:
        # Nobody knows yet whose gift it takes, and the day by which it is answered runs all the same.
        _ask(session, row, None, now=now)
    else:
        follow(session, donation, row, now=now)


def follow(session: Session, donation: Donation, row: Dispute, *, now: datetime) -> None:
    """Do once what a dispute means for its gift, which the caller has locked."""
    _ask(session, row, donation.id, now=now)
    name, said = row.dispute_id, _SAID.get(row.status)
    new = said is not None and giving_events.once(session, donation, said, name, now=now)
    if new and said == LOST:
        receipts.correct(session, donation, cause=f"{name}:lost", now=now)
    back = _came_back(row) and giving_events.happened(session, donation, LOST, name)
    if back and giving_events.once(session, donation, BACK, name, now=now):
        receipts.correct(session, donation, cause=f"{name}:back", now=now)


def held(session: Session, payment_intent_id: str) -> list[Dispute]:
    """Return the disputes of a payment."""
    about = Dispute.payment_intent_id == payment_intent_id
    return list(session.scalars(select(Dispute).where(about).order_by(Dispute.dispute_id)))


def _came_back(row: Dispute) -> bool:
    return row.reinstated or row.status not in standing.LOST


def _ask(session: Session, row: Dispute, donation_id: int | None, *, now: datetime) -> None:
    kind = TaskKind.INQUIRY if row.status.startswith("warning_") else TaskKind.DISPUTE
    due_at = row.due_at or now + timedelta(seconds=limits.DISPUTE_DUE_SECONDS)
    name = row.dispute_id
    tasks.ask(session, kind, name, donation_id=donation_id, due_at=due_at, now=now)
    if kind is TaskKind.DISPUTE:
        outcome = "it became a dispute"
        tasks.settle(session, TaskKind.INQUIRY, name, outcome=outcome, staff_id=None, now=now)
    if row.status in OVER:
        tasks.settle(session, kind, name, outcome=row.status, staff_id=None, now=now)


def _mirror(session: Session, snapshot: Snapshot, intent_id: str) -> Dispute:
    told = snapshot.dispute
    row = session.scalar(select(Dispute).where(Dispute.dispute_id == told.id))
    if row is None:
        row = Dispute(
            dispute_id=told.id,
            payment_intent_id=intent_id,
            status=told.status,
            refundable=told.refundable,
            withdrawn=False,
            reinstated=False,
        )
        session.add(row)
    if not _is_older(told.status, row.status):
        row.status, row.refundable = told.status, told.refundable
        row.due_at = told.due_at or row.due_at
    row.amount, row.currency, row.reason = told.amount, told.currency, told.reason
    row.withdrawn = row.withdrawn or any(entry.amount < 0 for entry in snapshot.entries)
    row.reinstated = row.reinstated or any(entry.amount > 0 for entry in snapshot.entries)
    session.flush()
    return row


def _is_older(told: str, known: str) -> bool:
    """Tell whether a status was fetched before the one we know; a lost appeal is 'lost' again."""
    if known in _APPEALS and told == "lost":
        return False
    return _LIFE.get(told, 0) < _LIFE.get(known, 0)
