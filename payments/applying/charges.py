"""Charges: what changes in one is its line of Stripe's books, which comes seconds after the payment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from payments import gateway, ledger, tasks
from payments.applying import intents


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A charge's intent as it was fetched; for a charge that no intent made, the charge and its line."""

    charge: gateway.Charge
    intent: intents.Snapshot | None
    entry: gateway.BalanceTransaction | None


def fetch(stripe: gateway.Gateway, charge_id: str) -> Snapshot:
    """Fetch a charge, and the intent that made it."""
    charge = stripe.charge(charge_id)
    if charge.payment_intent_id is not None:
        return Snapshot(charge, intents.fetch(stripe, charge.payment_intent_id), None)
    line = charge.balance_transaction_id
    return Snapshot(charge, None, stripe.balance_transaction(line) if line else None)


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Apply what a charge's intent says; money that no intent made is written down, and asked about."""
    if snapshot.intent is not None:
        intents.apply(session, snapshot.intent, now=now)
    elif snapshot.entry is not None:
        ledger.write(session, snapshot.entry, now=now)
        tasks.ask_whose(session, snapshot.charge.id, now=now)
