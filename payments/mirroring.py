"""A plan mirrors its subscription at Stripe: its state, its amount, when it is paid next, and how it ends.

What Stripe says is so, whatever we believed before; only what has ended stays so. The row is locked by the
caller, so what differs from it is news, and is told to the donor once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import gateway, giving_events, lifecycle, plan_mails, second_subscriptions
from payments.applying import locks
from payments.models.giving import Plan, PlanState

FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""Until when a subscription is paused that rests until somebody has it go on."""
_FAILED: Final = "payment_failed"
"""Stripe's word for a subscription that ended because it was not paid."""
_CANCELED: Final = "canceled"
"""Its word for one that had begun; where the first payment never came, it is another."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What a plan was when its row was locked."""

    state: PlanState
    amount: int
    paused_until: datetime | None


def locked(session: Session, *, subscription_id: str | None, reference: str | None) -> Plan | None:
    """Lock and return the plan of a subscription; None where it is not one of ours.

    An invoice may come before the session that links the two: then the reference in its metadata tells.
    """
    linked = select(Plan).where(Plan.subscription_id == subscription_id).with_for_update()
    fresh = linked.execution_options(populate_existing=True)
    return session.scalar(fresh) or locks.plan(session, reference)


def locked_by_id(session: Session, plan_id: int) -> Plan:
    """Lock and return one of our plans."""
    return session.get_one(Plan, plan_id, with_for_update=True, populate_existing=True)


def mirror(
    session: Session, plan: Plan, subscription: gateway.Subscription, *, now: datetime
) -> None:
    """Write into a locked plan what Stripe says of its subscription, and tell the donor what is new."""
    if plan.subscription_id not in (None, subscription.id):
        second_subscriptions.follow(session, plan, subscription, now=now)
        return
    if plan.state is PlanState.ENDED:
        return
    before = _Before(plan.state, plan.amount, plan.paused_until)
    if plan.subscription_id is None:
        giving_events.add(session, plan, "linked", subscription.id, now=now)
    _copy(plan, subscription)
    _note(session, plan, before, now=now)
    if subscription.ended_at is not None:
        _tell_end(session, plan, subscription, now=now)
    elif before.state is not PlanState.PENDING:
        _tell_change(session, plan, before, now=now)


def end(session: Session, plan: Plan, reason: str, *, now: datetime) -> None:
    """End a locked plan whose subscription is not to be found, and tell the donor, unless it has ended."""
    if plan.state is PlanState.ENDED:
        return
    plan.state, plan.ends_at, plan.ended_reason = PlanState.ENDED, now, reason
    plan.next_payment_at = plan.paused_until = None
    giving_events.add(session, plan, plan.state.value, reason, now=now)
    plan_mails.ended(session, plan, failed=False, now=now)


def _copy(plan: Plan, subscription: gateway.Subscription) -> None:
    plan.subscription_id, plan.customer_id = subscription.id, subscription.customer_id
    news = lifecycle.plan_news(
        subscription.status,
        paused=subscription.paused_until is not None,
        ends=subscription.ends_at is not None,
    )
    if news is not None:
        plan.state = lifecycle.plan_after(plan.state, news)
    over = plan.state is PlanState.ENDED
    plan.amount = subscription.amount
    # The donor's part for the costs stays what it was, as long as there is a gift beside it.
    plan.costs = plan.costs if plan.costs < plan.amount else 0
    plan.paused_until = None if over else subscription.paused_until
    plan.ends_at = subscription.ended_at if over else subscription.ends_at
    plan.ended_reason = subscription.ended_reason if over else None
    plan.next_payment_at = None if over else _next_payment_at(subscription)


def _next_payment_at(subscription: gateway.Subscription) -> datetime | None:
    """Return when Stripe asks next; None where it has ended or is paused by then, or is not known."""
    due, ends, paused = (
        subscription.period_ends_at,
        subscription.ends_at,
        subscription.paused_until,
    )
    if due is None or (ends is not None and ends <= due) or (paused is not None and paused > due):
        return None
    return due


def _note(session: Session, plan: Plan, before: _Before, *, now: datetime) -> None:
    if plan.state is not before.state:
        giving_events.add(session, plan, plan.state.value, plan.ended_reason or "", now=now)
    if plan.amount != before.amount:
        giving_events.add(session, plan, "amount changed", str(plan.amount), now=now)


def _tell_end(
    session: Session, plan: Plan, subscription: gateway.Subscription, *, now: datetime
) -> None:
    """Tell the donor that their plan has ended; one that was never paid has not begun for them."""
    if subscription.status == _CANCELED:
        plan_mails.ended(session, plan, failed=subscription.ended_reason == _FAILED, now=now)


def _tell_change(session: Session, plan: Plan, before: _Before, *, now: datetime) -> None:
    if plan.amount != before.amount:
        plan_mails.changed(session, plan, "amount", day=None, now=now)
    if plan.paused_until == before.paused_until:
        return
    if plan.paused_until is None:
        plan_mails.changed(session, plan, "resumed", day=plan.next_payment_at, now=now)
    else:
        until = None if plan.paused_until == FOR_EVER else plan.paused_until
        plan_mails.changed(session, plan, "paused", day=until, now=now)
