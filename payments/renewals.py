"""Renewals to come: notice of each yearly one, once, and a question to staff where a payment is disputed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from config import limits
from payments import giving_events, mirroring, plan_mails, tasks
from payments.models.events import TaskKind
from payments.models.giving import Donation, Interval, Plan, PlanState
from payments.models.money import Dispute, Payment

NOTICED: Final = "notice given"

_DISPUTED: Final = ("needs_response", "under_review")
"""Disputes that took money and are not decided; an inquiry moves none."""
_GOING_ON: Final = (PlanState.ACTIVE, PlanState.ENDING, PlanState.PAUSED)
"""Plans whose next payment, where they have one, comes by itself."""
_ASKING: Final = (PlanState.ACTIVE, PlanState.ENDING, PlanState.PAST_DUE)
"""Plans that ask for money; a paused one, or one that has ended, brings no other dispute."""


def due(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the yearly plans whose donors are to be given notice now, the most urgent first."""
    found = select(Plan.id).where(*_is_due(now)).order_by(Plan.next_payment_at)
    return session.scalars(found.limit(limits.PLAN_NOTICE_CHUNK)).all()


def give_notice(session: Session, plan_id: int, *, now: datetime) -> bool:
    """Mail the donor of a yearly plan about its next payment; False where that was done or is not due."""
    plan = mirroring.locked_by_id(session, plan_id)
    if session.scalar(select(Plan.id).where(Plan.id == plan.id, *_is_due(now))) is None:
        return False
    renews_at = plan.next_payment_at
    assert renews_at is not None  # noqa: S101 - narrows the type; what is due has a day
    plan.noticed_for = renews_at
    giving_events.add(session, plan, NOTICED, renews_at.date().isoformat(), now=now)
    plan_mails.renewal(session, plan, due=renews_at, now=now)
    return True


def ask_about_disputed(session: Session, *, now: datetime) -> None:
    """Ask staff whether to pause the plans of donors who dispute a payment; we pause none by ourselves."""
    for plan, dispute, donation_id in _disputed(session):
        tasks.ask(
            session,
            TaskKind.DISPUTE,
            str(plan.subscription_id),
            donation_id=donation_id,
            due_at=dispute.created_at + timedelta(days=limits.PLAN_DISPUTED_DAYS),
            now=now,
        )


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what a plan is of which notice is due: one that fails already is written about for that."""
    return (
        Plan.interval == Interval.YEAR,
        Plan.state.in_(_GOING_ON),
        Plan.next_payment_at > now,
        Plan.next_payment_at <= now + timedelta(days=limits.PLAN_NOTICE_DAYS),
        or_(Plan.noticed_for.is_(None), Plan.noticed_for != Plan.next_payment_at),
    )


def _disputed(session: Session) -> list[tuple[Plan, Dispute, int]]:
    """Return each plan that asks for money with a dispute of its donor, and the gift that is disputed."""
    found = session.execute(
        select(Plan, Dispute, Donation.id)
        .join(Donation, Donation.donor_id == Plan.donor_id)
        .join(Payment, Payment.donation_id == Donation.id)
        .join(Dispute, Dispute.payment_intent_id == Payment.payment_intent_id)
        .where(Plan.state.in_(_ASKING), Dispute.status.in_(_DISPUTED))
        .order_by(Plan.id, Dispute.id)
    )
    return [(plan, dispute, donation_id) for plan, dispute, donation_id in found]
