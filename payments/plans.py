"""What a donor or staff may have done with a plan: another amount, a pause, an end, another card.

Each asks Stripe outside any transaction, then writes down what Stripe answered as an event would; what is so
already is a success. `begin` opens a transaction that commits at its end.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from config import limits
from payments import amounts, gateway, giving_events, mirroring, second_subscriptions
from payments.models.giving import Plan, PlanState

Begin = Callable[[], AbstractContextManager[Session]]

GONE: Final = "resource_missing"
"""Why a plan ended whose subscription Stripe does not know any more."""


class NotRunning(Exception):
    """The plan was never paid or has ended, so that nothing can be changed: begin another."""


class BadPause(ValueError):
    """A plan rests from now until a day within a year; choose one."""


def change_amount(
    stripe: gateway.Gateway,
    begin: Begin,
    plan_id: int,
    amount: int,
    *,
    now: datetime,
    staff_id: int | None = None,
) -> Plan:
    """Have a plan ask for another amount in minor units from its next payment on.

    Raises amounts.BadAmount, NotRunning and the failures of payments.gateway.
    """
    with begin() as session:
        plan = _running(session, plan_id)
        if plan.amount == amounts.check(amount, plan.currency):
            return plan
        asked = giving_events.add(
            session, plan, "amount asked for", str(amount), now=now, staff_id=staff_id
        )
    # The key is this request's own: the same amount may be chosen again next month.
    answer = stripe.change_amount(_subscription_id(plan), amount, key=f"plan-amount:{asked.id}")
    return _written(begin, plan_id, answer, now=now)


def pause(
    stripe: gateway.Gateway,
    begin: Begin,
    plan_id: int,
    until: datetime,
    *,
    now: datetime,
    staff_id: int | None = None,
) -> Plan:
    """Have nothing asked for until then; raise BadPause, NotRunning and the gateway's failures."""
    if not now < until <= now + timedelta(days=limits.PLAN_PAUSE_DAYS):
        raise BadPause
    with begin() as session:
        plan = _running(session, plan_id)
        if plan.paused_until == until:
            return plan
        giving_events.add(session, plan, "pause asked for", now=now, staff_id=staff_id)
    return _written(begin, plan_id, stripe.pause(_subscription_id(plan), until), now=now)


def resume(
    stripe: gateway.Gateway,
    begin: Begin,
    plan_id: int,
    *,
    now: datetime,
    staff_id: int | None = None,
) -> Plan:
    """Have a paused plan go on; raise NotRunning and the gateway's failures."""
    with begin() as session:
        plan = _running(session, plan_id)
        if plan.paused_until is None:
            return plan
        giving_events.add(session, plan, "going on asked for", now=now, staff_id=staff_id)
    return _written(begin, plan_id, stripe.pause(_subscription_id(plan), None), now=now)


def cancel(
    stripe: gateway.Gateway,
    begin: Begin,
    plan_id: int,
    *,
    now: datetime,
    staff_id: int | None = None,
) -> Plan:
    """End a plan at once; raise NotRunning where it was never paid, and the gateway's failures.

    Its second subscriptions end first: once the donor is told that it is over, nothing asks for money.
    """
    with begin() as session:
        plan = session.get_one(Plan, plan_id)
        seconds = second_subscriptions.running(session, plan)
        over = plan.state is PlanState.ENDED
        if over and not seconds:
            return plan
        if not over:
            _running(session, plan_id)
        giving_events.add(session, plan, "end asked for", now=now, staff_id=staff_id)
    _end_seconds(stripe, begin, plan_id, seconds, now=now)
    if over:
        return plan
    try:
        answer = stripe.cancel(_subscription_id(plan))
    except gateway.NotFound:
        return _given_up(begin, plan_id, now=now)
    return _written(begin, plan_id, answer, now=now)


def portal(
    stripe: gateway.Gateway, begin: Begin, plan_id: int, *, return_url: str, now: datetime
) -> str:
    """Return the address of Stripe's page where the donor changes their card; it is good for minutes.

    The subscription is first made to ask the customer's own card: it would go on charging the old one while
    the page shows the new one.
    """
    with begin() as session:
        plan = _running(session, plan_id)
        giving_events.add(session, plan, "handed over to the portal", now=now)
        customer_id = plan.customer_id
    if customer_id is None:
        raise NotRunning
    stripe.ask_customers_card(_subscription_id(plan))
    return stripe.portal(customer_id, return_url)


def _end_seconds(
    stripe: gateway.Gateway, begin: Begin, plan_id: int, seconds: Sequence[str], *, now: datetime
) -> None:
    """End what else asks for a plan's money, where two of its payment pages were paid."""
    for subscription_id in seconds:
        with suppress(gateway.NotFound):  # then it is over
            stripe.cancel(subscription_id)
        with begin() as session:
            plan = mirroring.locked_by_id(session, plan_id)
            second_subscriptions.end(session, plan, subscription_id, now=now)


def _running(session: Session, plan_id: int) -> Plan:
    """Return a plan that Stripe asks payments for; raise NotRunning."""
    plan = session.get_one(Plan, plan_id)
    if plan.subscription_id is None or plan.state is PlanState.ENDED:
        raise NotRunning
    return plan


def _subscription_id(plan: Plan) -> str:
    if plan.subscription_id is None:
        raise NotRunning
    return plan.subscription_id


def _written(begin: Begin, plan_id: int, answer: gateway.Subscription, *, now: datetime) -> Plan:
    """Write what Stripe has answered into the plan, and return it."""
    with begin() as session:
        plan = mirroring.locked_by_id(session, plan_id)
        mirroring.mirror(session, plan, answer, now=now)
    return plan


def _given_up(begin: Begin, plan_id: int, *, now: datetime) -> Plan:
    """End a plan whose subscription Stripe does not know: nothing will be collected of it."""
    with begin() as session:
        plan = mirroring.locked_by_id(session, plan_id)
        mirroring.end(session, plan, GONE, now=now)
    return plan
