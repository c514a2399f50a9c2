"""Payouts: money on its way to our bank, which lines of the books it is made of, and the ones that fail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from payments import gateway, ledger, tasks
from payments.applying import locks
from payments.models.events import TaskKind
from payments.models.money import Payout, PayoutEntry

_LIFE: Final = {"pending": 0, "in_transit": 1, "paid": 2, "canceled": 3, "failed": 3}
"""How far along a status is: what was fetched earlier and applied later must not take a payout back."""
_COMPLETED: Final = "completed"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A payout as it was fetched, with the lines of Stripe's books it pays out, once those are known."""

    payout: gateway.Payout
    entries: tuple[gateway.BalanceTransaction, ...]


def fetch(stripe: gateway.Gateway, payout_id: str) -> Snapshot:
    """Fetch a payout, and its lines where Stripe says that they are complete."""
    payout = stripe.payout(payout_id)
    known = payout.automatic and payout.reconciliation == _COMPLETED
    return Snapshot(
        payout, tuple(stripe.balance_transactions(payout_id=payout_id)) if known else ()
    )


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Write a payout and its lines down; ask staff where it failed."""
    locks.payout(session, snapshot.payout.id)
    row = _mirror(session, snapshot.payout)
    ledger.write_all(session, snapshot.entries, now=now)
    _attribute(session, row.payout_id, snapshot.entries)
    if row.status == "failed":
        due_at = now + timedelta(seconds=limits.MONEY_TASK_DUE_SECONDS)
        kind, about = TaskKind.PAYOUT_FAILED, row.payout_id
        tasks.ask(session, kind, about, donation_id=None, due_at=due_at, now=now)


def _mirror(session: Session, told: gateway.Payout) -> Payout:
    row = session.scalar(select(Payout).where(Payout.payout_id == told.id))
    if row is None:
        row = Payout(payout_id=told.id, status=told.status, reconciliation=told.reconciliation)
        session.add(row)
    if _LIFE.get(told.status, 0) >= _LIFE.get(row.status, 0):
        row.status = told.status
    if row.reconciliation != _COMPLETED:
        row.reconciliation = told.reconciliation
    row.amount, row.currency, row.automatic = told.amount, told.currency, told.automatic
    row.arrives_at, row.made_at = told.arrives_at, told.made_at
    session.flush()
    return row


def _attribute(
    session: Session, payout_id: str, entries: tuple[gateway.BalanceTransaction, ...]
) -> None:
    """Say which payout paid lines out; its own line is none of them."""
    paid_out = [
        {"balance_transaction_id": entry.id, "payout_id": payout_id}
        for entry in entries
        if entry.source_id != payout_id
    ]
    if paid_out:
        session.execute(insert(PayoutEntry).on_conflict_do_nothing(), paid_out)
