"""Early fraud warnings: a card's network thinks that its owner did not give, and staff decide soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import gateway, giving_events, standing, tasks
from payments.applying import locks
from payments.models.events import TaskKind
from payments.models.giving import Donation
from payments.models.money import FraudWarning

WARNED: Final = "fraud warning"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A warning as it was fetched, and whose payment it is about."""

    warning: gateway.FraudWarning
    payment_intent_id: str | None


def fetch(stripe: gateway.Gateway, warning_id: str) -> Snapshot:
    """Fetch a warning; where it names its charge alone, the charge too."""
    warning = stripe.fraud_warning(warning_id)
    intent_id = warning.payment_intent_id or stripe.charge(warning.charge_id).payment_intent_id
    return Snapshot(warning, intent_id)


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Write a warning down, and ask staff; one about no payment of any kind that we take is not ours."""
    if snapshot.payment_intent_id is None:
        return
    locks.intent(session, snapshot.payment_intent_id)
    row = _mirror(session, snapshot.warning, snapshot.payment_intent_id)
    donation = locks.donation_of_intent(session, snapshot.payment_intent_id)
    if donation is None:
        _ask(session, row, None, now=now)
    else:
        follow(session, donation, row, now=now)


def follow(session: Session, donation: Donation, row: FraudWarning, *, now: datetime) -> None:
    """Do once what a warning means for the gift it is about, which the caller has locked."""
    _ask(session, row, donation, now=now)
    if standing.given_back_whole(session, row.payment_intent_id):
        settle(session, row.payment_intent_id, now=now)
    giving_events.once(session, donation, WARNED, row.warning_id, now=now)


def held(session: Session, payment_intent_id: str) -> list[FraudWarning]:
    """Return the warnings about a payment."""
    about = FraudWarning.payment_intent_id == payment_intent_id
    return list(
        session.scalars(select(FraudWarning).where(about).order_by(FraudWarning.warning_id))
    )


def settle(session: Session, payment_intent_id: str, *, now: datetime) -> None:
    """Ask nothing any more about a payment that was given back whole."""
    kind, outcome = TaskKind.FRAUD_WARNING, "given back whole"
    for row in held(session, payment_intent_id):
        tasks.settle(session, kind, row.warning_id, outcome=outcome, staff_id=None, now=now)


def _mirror(session: Session, told: gateway.FraudWarning, intent_id: str) -> FraudWarning:
    row = session.scalar(select(FraudWarning).where(FraudWarning.warning_id == told.id))
    if row is None:
        row = FraudWarning(
            warning_id=told.id, payment_intent_id=intent_id, actionable=told.actionable
        )
        session.add(row)
    # It ends and does not begin again: what was fetched earlier may be applied later.
    row.actionable = row.actionable and told.actionable
    session.flush()
    return row


def _ask(session: Session, row: FraudWarning, donation: Donation | None, *, now: datetime) -> None:
    kind, name = TaskKind.FRAUD_WARNING, row.warning_id
    due_at = now + timedelta(seconds=limits.FRAUD_WARNING_DUE_SECONDS)
    tasks.ask(
        session, kind, name, donation_id=donation.id if donation else None, due_at=due_at, now=now
    )
    if not row.actionable:
        tasks.settle(session, kind, name, outcome="no longer actionable", staff_id=None, now=now)
