"""Refunding: staff have money of a gift given back. A row comes before the call, and its number is the key.

1. `ask` writes down what is to be given back, NEW. It is committed before Stripe is asked, with whatever the
   caller writes of it into the audit chain.
2. `send` asks Stripe, and applies what it answers as the refund's event would be; repeated, because its
   answer was lost, the call is the same call, and gives nothing back twice.
3. `sweep` looks whether Stripe has made what was left behind, and else sends it again; not where Stripe may
   have forgotten the key.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import amounts, gateway, giving_events, refundable, tasks
from payments.applying import locks, refunds
from payments.models.events import TaskKind
from payments.models.giving import Donation
from payments.models.money import Payment, Refund
from payments.plans import Begin
from payments.refundable import NEW, Left

log = logging.getLogger(__name__)

FAILED: Final = "failed"
ASKED: Final = "refund asked for"
"""The giving event of what staff ask for; its detail is the amount in minor units."""
REFUSED: Final = "refund refused"
"""The giving event of a refund that Stripe would not make; its detail is Stripe's word for why."""
UNANSWERED: Final = "not_answered"
"""Why a refund failed that Stripe could not be asked for in time, and has not made."""


class Refused(Exception):
    """Nothing is given back of this payment now; the sentence says why and what to do."""


class Overtaken(Refused):
    """Something else was given back of it since the asker looked, or the button was pressed twice."""

    def __init__(self) -> None:
        super().__init__(
            "Something was given back of this payment since you opened the page: the button was pressed "
            "twice, or somebody else did. Nothing more was asked for. See what is left first."
        )


class BadAmount(Refused):
    """The amount is nothing, or more than is left of the payment."""


def ask(
    session: Session,
    donation_id: int,
    amount: int,
    *,
    payment_id: int | None = None,
    after: int | None = None,
    staff_id: int,
    now: datetime,
) -> Refund:
    """Write down that an amount in minor units is to be given back of a gift.

    Of its first payment, unless another is named; `after` is the number of that payment's newest refund as
    the asker saw it. Raises Refused, Overtaken and BadAmount.
    """
    donation = session.get_one(Donation, donation_id)
    payment = _payment(session, donation, payment_id)
    locks.intent(session, payment.payment_intent_id)
    session.refresh(donation, with_for_update=True)
    session.refresh(payment, with_for_update=True)
    check(refundable.of_payment(session, donation, payment), amount, after)
    refund = Refund(
        payment_intent_id=payment.payment_intent_id,
        amount=amount,
        currency=payment.currency,
        status=NEW,
        made_at=now,
        asked_by=staff_id,
    )
    session.add(refund)
    session.flush()
    giving_events.add(session, donation, ASKED, str(amount), now=now, staff_id=staff_id)
    return refund


def check(stands: Left, amount: int, after: int | None) -> None:
    """Raise Overtaken, Refused or BadAmount where this cannot be given back of what is left."""
    if after is not None and after != stands.newest:
        raise Overtaken
    if stands.refusal:
        raise Refused(stands.refusal)
    if not 0 < amount <= stands.amount:
        most = amounts.said(stands.amount, stands.payment.currency, "en")
        raise BadAmount(f"At most {most} is left of this payment; give back that or less.")


def send(stripe: gateway.Gateway, begin: Begin, refund_id: int, *, now: datetime) -> Refund:
    """Ask Stripe for a refund that was written down, and apply its answer; one that was answered stays.

    Raises TemporaryFailure where nobody knows whether it was made: the sweep asks again. Raises
    PermanentFailure where Stripe refuses, which fails the refund and asks staff for another way.
    """
    with begin() as session:
        row = session.get_one(Refund, refund_id)
    if row.status != NEW:
        return row
    try:
        made = stripe.refund(row.payment_intent_id, row.amount, key=_key(row))
    except gateway.PermanentFailure as failure:
        log.warning("Stripe refused refund %d: %s", refund_id, failure.code)
        with begin() as session:
            _fail(session, row, failure.code, now=now)
        raise
    _apply(stripe, begin, made.id, now=now)
    with begin() as session:
        return session.get_one(Refund, refund_id)


def sweep(stripe: gateway.Gateway, begin: Begin, *, now: datetime) -> int:
    """Send the refunds that were left behind by a lost answer; return how many were answered."""
    with begin() as session:
        behind = _behind(session, now)
    return sum(_settle(stripe, begin, row, now=now) for row in behind)


# -- What is asked ---------------------------------------------------------------------------------


def _payment(session: Session, donation: Donation, payment_id: int | None) -> Payment:
    """Return the payment that was chosen of a gift, the first one where none was; raise Refused."""
    theirs = select(Payment).where(Payment.donation_id == donation.id)
    if payment_id is None:
        theirs = theirs.where(~Payment.duplicate)
    else:
        theirs = theirs.where(Payment.id == payment_id)
    payment = session.scalar(theirs)
    if payment is None:
        raise Refused("There is no such payment of this gift: what was not paid is not given back.")
    return payment


# -- Asking Stripe ---------------------------------------------------------------------------------


def _key(row: Refund) -> str:
    # With the intent, for a database that was restored gives numbers anew.
    return f"refund:{row.payment_intent_id}:{row.id}"


def _apply(stripe: gateway.Gateway, begin: Begin, refund_id: str, *, now: datetime) -> None:
    snapshot = refunds.fetch(stripe, refund_id)
    with begin() as session:
        refunds.apply(session, snapshot, now=now)


def _fail(session: Session, row: Refund, code: str, *, now: datetime) -> None:
    """Write down that a refund was not made, and ask staff; what was answered meanwhile stays."""
    locks.intent(session, row.payment_intent_id)
    donation = locks.donation_of_intent(session, row.payment_intent_id)
    fresh = session.get_one(Refund, row.id, with_for_update=True, populate_existing=True)
    if fresh.status != NEW or donation is None:
        return
    fresh.status, fresh.failure_reason = FAILED, code
    giving_events.add(session, donation, REFUSED, code, now=now)
    tasks.ask(
        session,
        TaskKind.REFUND_FAILED,
        f"{row.payment_intent_id}:{row.id}",
        donation_id=donation.id,
        due_at=now + timedelta(seconds=limits.MONEY_TASK_DUE_SECONDS),
        now=now,
    )


# -- What was left behind --------------------------------------------------------------------------


def _behind(session: Session, now: datetime) -> Sequence[Refund]:
    rested = now - timedelta(seconds=limits.REFUND_REST_SECONDS)
    waiting = select(Refund).where(Refund.status == NEW, Refund.made_at <= rested)
    return session.scalars(waiting.order_by(Refund.id).limit(limits.REFUND_SWEEP)).all()


def _settle(stripe: gateway.Gateway, begin: Begin, row: Refund, *, now: datetime) -> bool:
    """Settle one refund, and tell whether it was answered."""
    try:
        _look_and_send(stripe, begin, row, now=now)
    except (gateway.TemporaryFailure, gateway.PermanentFailure) as failure:
        log.warning("refund %d waits for the next sweep: %s", row.id, failure)
        return False
    return True


def _look_and_send(stripe: gateway.Gateway, begin: Begin, row: Refund, *, now: datetime) -> None:
    """Look for a refund and, where Stripe has not made it, send it again while its key is remembered."""
    # First, for a repeat that is refused, as with a key of ours that was revoked, says nothing of the call
    # before it: called failed then, what Stripe has made would be given back once more.
    _look(stripe, begin, row, now=now)
    if row.made_at > now - timedelta(seconds=limits.REFUND_KEY_SECONDS):
        with suppress(gateway.PermanentFailure):  # written down, and staff are asked
            send(stripe, begin, row.id, now=now)
    else:
        with begin() as session:
            _fail(session, row, UNANSWERED, now=now)


def _look(stripe: gateway.Gateway, begin: Begin, row: Refund, *, now: datetime) -> None:
    """Apply what Stripe has given back of this payment since it was asked, which finds the row."""
    since = row.made_at - timedelta(seconds=limits.SWEEP_OVERLAP_SECONDS)
    for made in stripe.refunds(since=since):
        if made.payment_intent_id == row.payment_intent_id:
            _apply(stripe, begin, made.id, now=now)
