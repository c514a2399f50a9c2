"""What a gift's standing is: computed from its payments, refunds and disputes, and stored nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from payments.models.giving import Donation
from payments.models.money import Dispute, Payment, Refund

GIVEN_BACK: Final = frozenset({"pending", "requires_action", "succeeded"})
"""A refund's statuses in which the money has left us; 'new' has not been asked for yet."""
DISPUTED: Final = frozenset({"needs_response", "under_review"})
"""A dispute's statuses in which its money is away and nobody has decided."""
LOST: Final = frozenset({"lost", "appeal_needs_response", "appeal_under_review"})
"""A dispute's statuses in which the bank has decided against us, though we may appeal."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A gift's standing, in minor units of its currency; `kept` is what its receipts say."""

    refunded: int
    disputed: int
    lost: int
    kept: int


def of(session: Session, donation: Donation) -> Standing:
    """Compute a donation's standing from its rows."""
    found = session.execute(_SUMS.where(Donation.id == donation.id)).one()
    amount, received, refunded, disputed, lost = map(int, found)
    return Standing(refunded, disputed, lost, kept(amount, received, refunded, lost))


def kept(amount: int, received: int, refunded: int, lost: int) -> int:
    """Return what is left of all that was paid for a gift, and never more than the gift.

    One that was paid twice is not worth twice, and one of the payments given back takes nothing from it.
    """
    return max(0, min(amount, received - refunded - lost))


def given_back_whole(session: Session, payment_intent_id: str) -> bool:
    """Tell whether a payment was given back, all of it."""
    paid = select(Payment.amount).where(Payment.payment_intent_id == payment_intent_id)
    back = select(func.sum(Refund.amount)).where(
        Refund.payment_intent_id == payment_intent_id, Refund.status.in_(GIVEN_BACK)
    )
    amount = session.scalar(paid)
    return amount is not None and int(session.scalar(back) or 0) >= amount


def _sum(column: InstrumentedAttribute[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    theirs = select(func.coalesce(func.sum(column), 0)).where(
        Payment.donation_id == Donation.id, *where
    )
    return theirs.correlate(Donation).scalar_subquery()


def _disputes(statuses: Collection[str]) -> ColumnElement[int]:
    of_payment = Dispute.payment_intent_id == Payment.payment_intent_id
    return _sum(Dispute.amount, of_payment, Dispute.status.in_(statuses), ~Dispute.reinstated)


# Sums over all payments of a gift, 0 where there is nothing: columns of any statement that selects donations,
# so that a list of many gifts adds up as one gift does.
RECEIVED_SUM: Final = _sum(Payment.amount)
REFUNDED_SUM: Final = _sum(
    Refund.amount,
    Refund.payment_intent_id == Payment.payment_intent_id,
    Refund.status.in_(GIVEN_BACK),
)
LOST_SUM: Final = _disputes(LOST)
_SUMS: Final = select(Donation.amount, RECEIVED_SUM, REFUNDED_SUM, _disputes(DISPUTED), LOST_SUM)
