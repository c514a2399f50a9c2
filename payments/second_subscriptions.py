"""Second subscriptions: two payment pages of one plan were paid, and each asks for money by itself.

A plan mirrors its first. Of every other its events tell, by Stripe's ids, and staff are asked; whoever ends
the plan ends them too, and forgets their customers with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from config import limits
from payments import gateway, giving_events, tasks
from payments.models.events import TaskKind
from payments.models.giving import GivingEvent, Plan

BEGUN: Final = "second subscription"
"""The event of a plan; its detail is the subscription."""
CUSTOMER: Final = "second customer"
"""The event of a plan; its detail is whom the second subscription asks."""
ENDED: Final = "second subscription ended"
"""The event of a plan; its detail is the subscription."""
_OUTCOME: Final = "the second subscription has ended"


def ask(
    session: Session, plan: Plan, subscription_id: str, customer_id: str | None, *, now: datetime
) -> None:
    """Ask staff about a second subscription of a locked plan, once; not about one that has ended."""
    if customer_id is not None:
        giving_events.once(session, plan, CUSTOMER, customer_id, now=now)
    if giving_events.happened(session, plan, ENDED, subscription_id):
        return
    giving_events.once(session, plan, BEGUN, subscription_id, now=now)
    due_at = now + timedelta(seconds=limits.MONEY_TASK_DUE_SECONDS)
    kind = TaskKind.DUPLICATE
    tasks.ask(session, kind, subscription_id, donation_id=None, due_at=due_at, now=now)


def follow(
    session: Session, plan: Plan, subscription: gateway.Subscription, *, now: datetime
) -> None:
    """Write down what Stripe says of a second subscription of a locked plan: it asks, or has ended."""
    if subscription.ended_at is not None:
        end(session, plan, subscription.id, now=now)
    ask(session, plan, subscription.id, subscription.customer_id, now=now)


def end(session: Session, plan: Plan, subscription_id: str, *, now: datetime) -> None:
    """Write down that a second subscription of a locked plan has ended, and settle what staff are asked."""
    giving_events.once(session, plan, ENDED, subscription_id, now=now)
    kind = TaskKind.DUPLICATE
    tasks.settle(session, kind, subscription_id, outcome=_OUTCOME, staff_id=None, now=now)


def running(session: Session, plan: Plan) -> Sequence[str]:
    """Return the second subscriptions of a plan that may ask for money."""
    return session.scalars(_details(plan, BEGUN).where(~_has_ended(GivingEvent))).all()


def is_asking() -> ColumnElement[bool]:
    """Tell which plans have a second subscription that may ask for money."""
    begun = aliased(GivingEvent)
    return exists().where(begun.plan_id == Plan.id, begun.what == BEGUN, ~_has_ended(begun))


def customers(session: Session, plan: Plan) -> Sequence[str]:
    """Return the customers at Stripe of a plan's second subscriptions."""
    return session.scalars(_details(plan, CUSTOMER)).all()


def _details(plan: Plan, what: str) -> Select[str]:
    theirs = GivingEvent.plan_id == plan.id, GivingEvent.what == what
    return select(GivingEvent.detail).where(*theirs).order_by(GivingEvent.id)


def _has_ended(begun: type[GivingEvent]) -> ColumnElement[bool]:
    over = aliased(GivingEvent)
    return exists().where(
        over.plan_id == begun.plan_id, over.what == ENDED, over.detail == begun.detail
    )
