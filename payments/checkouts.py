"""Checkouts: attempts at Stripe's hosted page. A row comes before each call, and holds the call.

1. `prepare` freezes the request in a row, NEW. It is committed before Stripe is asked.
2. `open_` asks Stripe, under a key made of the reference and the attempt: a call that is repeated, because
   its answer was lost, is the same call, and opens no second page.
3. `settle`, by hand or by the sweep, finds out what became of an attempt.

A page is payable for less time than Stripe remembers keys. So a key that Stripe forgot belongs to a page that
nobody can pay at any more, and the call, repeated, is refused for its `expires_at`.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from config import limits
from payments import giving, giving_events
from payments.applying import sessions
from payments.gateway import Gateway, PermanentFailure, TemporaryFailure
from payments.models.giving import (
    Checkout,
    CheckoutState,
    Donation,
    DonationState,
    Plan,
    PlanState,
)

log = logging.getLogger(__name__)

Begin = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction that commits at its end."""
REFUSED: Final = "checkout refused"
"""The giving event of a page that Stripe would not open; its detail is Stripe's word for why."""
_PAYABLE: Final = (CheckoutState.NEW, CheckoutState.OPEN)


class Over(Exception):
    """A gift was paid already, or its money is on its way: it needs no other page than `session_id`."""

    def __init__(self, session_id: str | None) -> None:
        super().__init__("This gift needs no other page.")
        self.session_id = session_id


class Unsettled(Exception):
    """The time of an earlier attempt is over and nobody knows what became of it: settle it first."""

    def __init__(self, checkout_id: int) -> None:
        super().__init__(f"Settle the checkout {checkout_id} first.")
        self.checkout_id = checkout_id


def prepare(
    session: Session, given: Donation | Plan, *, base_url: str, organisation: str, now: datetime
) -> Checkout:
    """Return the attempt that a gift can be paid by, a new one where there is none; raise Over, Unsettled."""
    last = _last(session, given)
    if _is_over(given, last):
        raise Over(last.session_id if last else None)
    if last is not None and last.state in _PAYABLE:
        if last.expires_at <= now:
            raise Unsettled(last.id)
        return last
    expires_at = (now + timedelta(seconds=limits.CHECKOUT_SECONDS)).replace(microsecond=0)
    checkout = Checkout(
        donation_id=given.id if isinstance(given, Donation) else None,
        plan_id=given.id if isinstance(given, Plan) else None,
        attempt=last.attempt + 1 if last else 1,
        state=CheckoutState.NEW,
        request=_request(given, base_url, organisation, expires_at),
        expires_at=expires_at,
        created_at=now,
    )
    session.add(checkout)
    session.flush()
    return checkout


def open_(stripe: Gateway, begin_transaction: Begin, checkout_id: int, *, now: datetime) -> str:
    """Ask Stripe for an attempt's page and return its address; opened already, it is the same address.

    Raises TemporaryFailure where nobody knows whether it was opened: ask again. Raises PermanentFailure where
    Stripe refuses, which ends the attempt, and Over where it has ended.
    """
    with begin_transaction() as session:
        checkout = session.get_one(Checkout, checkout_id)
        if checkout.state not in _PAYABLE:
            raise Over(checkout.session_id)
        if checkout.url:
            return checkout.url
        request, key = dict(checkout.request), _key(checkout)
    try:
        opened = stripe.open_session(request, key=key)
    except PermanentFailure as failure:
        log.warning("Stripe refused checkout %d: %s", checkout_id, failure.code)
        with begin_transaction() as session:
            _refuse(session, checkout_id, failure.code, now)
        raise
    with begin_transaction() as session:
        sessions.apply(session, sessions.Snapshot(opened, None), now=now)
    if opened.url is None:
        raise Over(opened.id)
    return opened.url


def withdraw(stripe: Gateway, begin_transaction: Begin, checkout_id: int, *, now: datetime) -> None:
    """Have an attempt paid by nobody any more; one that was paid meanwhile stays so.

    Raises TemporaryFailure, PermanentFailure.
    """
    if session_id := _session_id(stripe, begin_transaction, checkout_id, now):
        stripe.expire_session(session_id)
        _apply(stripe, begin_transaction, session_id, now)


def settle(stripe: Gateway, begin_transaction: Begin, checkout_id: int, *, now: datetime) -> None:
    """Find out what became of an attempt and write it down; raise TemporaryFailure, PermanentFailure."""
    if session_id := _session_id(stripe, begin_transaction, checkout_id, now):
        _apply(stripe, begin_transaction, session_id, now)


def sweep(stripe: Gateway, begin_transaction: Begin, *, now: datetime) -> int:
    """Settle attempts that were left behind by a lost answer, or whose time is over; return how many.

    One that Stripe is not sure about waits for the next sweep.
    """
    with begin_transaction() as session:
        left = _left(session, now)
    settled = 0
    for checkout_id in left:
        try:
            settle(stripe, begin_transaction, checkout_id, now=now)
        except (TemporaryFailure, PermanentFailure) as failure:
            log.warning("checkout %d waits for the next sweep: %s", checkout_id, failure)
        else:
            settled += 1
    return settled


def of_same_form(session: Session, given: Donation | Plan) -> Sequence[int]:
    """Return the payable attempts at what else was begun with a gift's form: its visitor came back.

    By way of the attempts, which are few: those of the last two hours.
    """
    nonce = func.coalesce(Donation.nonce, Plan.nonce)
    begun = (
        select(Checkout.id)
        .outerjoin(Donation, Donation.id == Checkout.donation_id)
        .outerjoin(Plan, Plan.id == Checkout.plan_id)
        .where(Checkout.state.in_(_PAYABLE), nonce != given.nonce)
    )
    form = f"{giving.form_of(given)}:"
    return session.scalars(begun.where(nonce.startswith(form, autoescape=True))).all()


# -- What is asked ---------------------------------------------------------------------------------


def _request(
    given: Donation | Plan, base_url: str, organisation: str, expires_at: datetime
) -> dict[str, object]:
    """Return what Stripe is asked: opaque ids, amounts and our own name; nothing of a person."""
    line: dict[str, object] = {
        "currency": given.currency.lower(),
        "unit_amount": given.amount,
        "product_data": {"name": f"Donation to {organisation}"},
    }
    if isinstance(given, Plan):
        metadata = {"plan": str(given.reference)}
        # Each mode refuses the other's field, and neither copies metadata to what it makes.
        of_mode = {"mode": "subscription", "subscription_data": {"metadata": metadata}}
        line["recurring"] = {"interval": given.interval.value}
    else:
        metadata = {"gift": str(given.reference)}
        of_mode = {"mode": "payment", "payment_intent_data": {"metadata": metadata}}
    return {
        **of_mode,
        "submit_type": "donate",
        "client_reference_id": str(given.reference),
        "line_items": [{"quantity": 1, "price_data": line}],
        "metadata": metadata,
        # Else Stripe might charge another currency than the receipt is in.
        "adaptive_pricing": {"enabled": False},
        "locale": "auto",
        "success_url": f"{base_url}/donate/thanks?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{base_url}/donate",
        "expires_at": int(expires_at.timestamp()),
    }


def _key(checkout: Checkout) -> str:
    return f"checkout:{_given(checkout).reference}:{checkout.attempt}"


# -- What became of it -----------------------------------------------------------------------------


def _session_id(
    stripe: Gateway, begin_transaction: Begin, checkout_id: int, now: datetime
) -> str | None:
    """Return the id of an attempt's page, asking again where its answer was lost; None if it is over."""
    with begin_transaction() as session:
        checkout = session.get_one(Checkout, checkout_id)
    if checkout.state is CheckoutState.NEW:
        try:
            open_(stripe, begin_transaction, checkout_id, now=now)
        except PermanentFailure:
            return None
        with begin_transaction() as session:
            checkout = session.get_one(Checkout, checkout_id)
    return checkout.session_id if checkout.state is CheckoutState.OPEN else None


def _apply(stripe: Gateway, begin_transaction: Begin, session_id: str, now: datetime) -> None:
    snapshot = sessions.fetch(stripe, session_id)
    with begin_transaction() as session:
        sessions.apply(session, snapshot, now=now)


def _refuse(session: Session, checkout_id: int, code: str, now: datetime) -> None:
    checkout = _locked(session, checkout_id)
    if checkout.state is CheckoutState.NEW:
        checkout.state = CheckoutState.REFUSED
        giving_events.add(session, _given(checkout), REFUSED, code, now=now)


# -- Rows ------------------------------------------------------------------------------------------


def _is_over(given: Donation | Plan, last: Checkout | None) -> bool:
    """Tell whether a gift needs no page: a complete one is on its way, unless its money came to nothing."""
    if isinstance(given, Plan):
        return given.state is not PlanState.PENDING or _is_complete(last)
    if given.state in {DonationState.PROCESSING, DonationState.PAID}:
        return True
    return given.state is not DonationState.FAILED and _is_complete(last)


def _is_complete(last: Checkout | None) -> bool:
    return last is not None and last.state is CheckoutState.COMPLETE


def _last(session: Session, given: Donation | Plan) -> Checkout | None:
    """Return a gift's newest attempt, and hold the gift: attempts are counted one after another."""
    session.refresh(given, with_for_update=True)
    newest = select(Checkout).where(_of(given)).order_by(Checkout.attempt.desc()).limit(1)
    return session.scalar(newest)


def _of(given: Donation | Plan) -> ColumnElement[bool]:
    if isinstance(given, Plan):
        return Checkout.plan_id == given.id
    return Checkout.donation_id == given.id


def _given(checkout: Checkout) -> Donation | Plan:
    given = checkout.donation or checkout.plan
    assert given is not None  # noqa: S101 - narrows the type; the table has a check for it
    return given


def _locked(session: Session, checkout_id: int) -> Checkout:
    """Lock an attempt, and its gift before it: payments/applying/locks.py has the order."""
    checkout = session.get_one(Checkout, checkout_id)
    session.refresh(_given(checkout), with_for_update=True)
    session.refresh(checkout, with_for_update=True)
    return checkout


def _left(session: Session, now: datetime) -> Sequence[int]:
    """Return the attempts that nobody is at: without an answer for a while, or with their time over."""
    rested = now - timedelta(seconds=limits.CHECKOUT_REST_SECONDS)
    unanswered = and_(Checkout.state == CheckoutState.NEW, Checkout.created_at <= rested)
    late = and_(Checkout.state.in_(_PAYABLE), Checkout.expires_at <= now)
    oldest = select(Checkout.id).where(or_(unanswered, late)).order_by(Checkout.expires_at)
    return session.scalars(oldest.limit(limits.CHECKOUT_SWEEP)).all()
