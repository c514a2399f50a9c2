"""Checkout Sessions: they link a gift to its payment, or a plan to its subscription, and count no money."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from payments import gateway, giving_events, lifecycle, second_subscriptions
from payments.applying import intents, locks
from payments.lifecycle import DonationNews
from payments.models.giving import Checkout, CheckoutState, Donation, DonationState, Plan

_PAYABLE: Final = (CheckoutState.NEW, CheckoutState.OPEN)
_SAID: Final = {DonationNews.OPENED: "checkout opened", DonationNews.EXPIRED: "expired"}
"""What news of a session is among the gift's events."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session as it was fetched, with the intent that pays it where it has one."""

    session: gateway.Session
    intent: intents.Snapshot | None


def fetch(stripe: gateway.Gateway, session_id: str) -> Snapshot:
    """Fetch a session, and the intent that pays it."""
    told = stripe.session(session_id)
    paid_by = told.payment_intent_id
    return Snapshot(told, intents.fetch(stripe, paid_by) if paid_by else None)


def apply(session: Session, snapshot: Snapshot, *, now: datetime) -> None:
    """Apply what a session says; one that is none of ours changes nothing."""
    if snapshot.intent is not None:
        locks.intent(session, snapshot.intent.intent.id)
    told = snapshot.session
    if told.mode == "subscription":
        plan = locks.plan(session, told.reference)
        if plan is not None:
            _follow(session, told, Checkout.plan_id == plan.id)
            _link(session, plan, told, now=now)
        return
    donation = locks.donation(session, told.reference)
    if donation is not None:
        _follow(session, told, Checkout.donation_id == donation.id)
        _apply_to(session, donation, snapshot, now=now)


def _apply_to(session: Session, donation: Donation, snapshot: Snapshot, *, now: datetime) -> None:
    told, paid_by = snapshot.session, snapshot.intent
    if told.status == "open":
        _move(session, donation, DonationNews.OPENED, told.id, now=now)
    elif told.status == "expired":
        _move(session, donation, DonationNews.EXPIRED, told.id, now=now)
    elif paid_by is not None and not intents.settle(session, donation, paid_by, now=now):
        intents.set_out(session, donation, paid_by.intent, now=now)
        intents.follow_unpaid(session, donation, paid_by.intent, now=now)


def _follow(session: Session, told: gateway.Session, of_one: ColumnElement[bool]) -> None:
    """Bring the attempt that opened this session to where the session is; what is over stays over.

    An attempt whose answer was lost has no session's id yet; the hour it was frozen with tells it.
    """
    row = session.scalar(select(Checkout).where(of_one, Checkout.session_id == told.id))
    if row is None:
        row = session.scalar(
            select(Checkout).where(
                of_one,
                Checkout.session_id.is_(None),
                Checkout.state == CheckoutState.NEW,
                Checkout.expires_at == told.expires_at,
            )
        )
    if row is None:
        return
    row.session_id = told.id
    if told.status == "complete":
        row.state = CheckoutState.COMPLETE
    elif row.state in _PAYABLE:
        row.state = CheckoutState.EXPIRED if told.status == "expired" else CheckoutState.OPEN
        row.url = told.url or row.url
    session.flush()


def _move(
    session: Session, donation: Donation, news: DonationNews, session_id: str, *, now: datetime
) -> None:
    before: DonationState = donation.state
    donation.state = lifecycle.donation_after(before, news)
    if donation.state is not before:
        giving_events.add(session, donation, _SAID[news], session_id, now=now)


def _link(session: Session, plan: Plan, told: gateway.Session, *, now: datetime) -> None:
    """Link a plan to the subscription that its session began; two of them ask for money twice."""
    if told.subscription_id is None:
        return
    if plan.subscription_id is None:
        plan.subscription_id, plan.customer_id = told.subscription_id, told.customer_id
        giving_events.add(session, plan, "linked", told.subscription_id, now=now)
    elif plan.subscription_id != told.subscription_id:
        second, customer_id = told.subscription_id, told.customer_id
        second_subscriptions.ask(session, plan, second, customer_id, now=now)
