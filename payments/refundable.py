"""What can be given back: how much is left of each payment of a gift, and why nothing can be, where so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import standing
from payments.models.giving import Channel, Donation
from payments.models.money import Dispute, Payment, Refund

NEW: Final = "new"
"""The status of a refund that Stripe has not answered yet."""
_OFFLINE: Final = (
    "This gift did not come by Stripe. Take its entry back on the page 'Cheques and transfers', and send the "
    "money by your bank."
)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one payment of a gift, in minor units of its currency."""

    payment: Payment
    amount: int
    #: The number of the newest refund, 0 without one: who asks says it, so that what came since is noticed.
    newest: int
    #: Why nothing of it can be given back now, as a sentence; "" where it can.
    refusal: str


def of_gift(session: Session, donation: Donation) -> list[Left]:
    """Return what is left of each payment of a gift, the first payment first, then those that came twice."""
    theirs = select(Payment).where(Payment.donation_id == donation.id)
    paid = session.scalars(theirs.order_by(Payment.duplicate, Payment.id))
    return [of_payment(session, donation, payment) for payment in paid]


def of_payment(session: Session, donation: Donation, payment: Payment) -> Left:
    """Return what is left of one payment of a gift: what was asked for counts as gone."""
    of = select(Refund).where(Refund.payment_intent_id == payment.payment_intent_id)
    # As they are now, for who asks has just waited for the payment's lock.
    fresh = of.order_by(Refund.id).execution_options(populate_existing=True)
    rows = session.scalars(fresh).all()
    gone = sum(row.amount for row in rows if row.status in {NEW, *standing.GIVEN_BACK})
    amount = payment.amount - gone
    newest = rows[-1].id if rows else 0
    if donation.channel is not Channel.STRIPE:
        return Left(payment, amount, newest, _OFFLINE)
    return Left(payment, amount, newest, _refusal(session, payment, rows, amount))


def _refusal(session: Session, payment: Payment, rows: Sequence[Refund], amount: int) -> str:
    """Return why nothing can be given back of a payment now, "" where it can."""
    if any(row.status == NEW for row in rows):
        return "Stripe is being asked for a refund of this payment. Wait until it has answered."
    if amount <= 0:
        return "All of this payment was given back already."
    return _disputed(session, payment)


def _disputed(session: Session, payment: Payment) -> str:
    of = select(Dispute).where(Dispute.payment_intent_id == payment.payment_intent_id)
    disputes = session.scalars(of.execution_options(populate_existing=True)).all()
    if any(each.status in standing.DISPUTED for each in disputes):
        return (
            "The donor's bank disputes this payment and holds its money: given back beside that, it would "
            "be gone twice. Accept the dispute in Stripe's dashboard instead."
        )
    if any(each.status in standing.LOST for each in disputes):
        return "The donor's bank took this payment back: its dispute was lost."
    if not all(each.refundable for each in disputes):
        return "Stripe gives nothing back of a payment that was disputed. Agree on another way."
    return ""
