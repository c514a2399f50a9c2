"""What a gift's standing is: computed from its payments, refunds and disputes, and stored nowhere."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

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
    """Compute a donation's standing from its rows.

    A gift that was paid twice is not worth twice, and one of the payments given back takes nothing from it:
    so `kept` is what is left of all its payments, and never more than the gift.
    """
    refunded = _refunded(session, donation)
    disputed = _disputes(session, donation, DISPUTED)
    lost = _disputes(session, donation, LOST)
    left = _received(session, donation) - refunded - lost
    return Standing(refunded, disputed, lost, max(0, min(donation.amount, left)))


def given_back_whole(session: Session, payment_intent_id: str) -> bool:
    """Tell whether a payment was given back, all of it."""
    paid = select(Payment.amount).where(Payment.payment_intent_id == payment_intent_id)
    back = select(func.sum(Refund.amount)).where(
        Refund.payment_intent_id == payment_intent_id, Refund.status.in_(GIVEN_BACK)
    )
    amount = session.scalar(paid)
    return amount is not None and int(session.scalar(back) or 0) >= amount


def _received(session: Session, donation: Donation) -> int:
    paid = select(func.sum(Payment.amount)).where(Payment.donation_id == donation.id)
    return int(session.scalar(paid) or 0)


def _refunded(session: Session, donation: Donation) -> int:
    given_back = (
        select(func.sum(Refund.amount))
        .join(Payment, Payment.payment_intent_id == Refund.payment_intent_id)
        .where(Payment.donation_id == donation.id, Refund.status.in_(GIVEN_BACK))
    )
    return int(session.scalar(given_back) or 0)


def _disputes(session: Session, donation: Donation, statuses: Collection[str]) -> int:
    taken = (
        select(func.sum(Dispute.amount))
        .join(Payment, Payment.payment_intent_id == Dispute.payment_intent_id)
        .where(
            Payment.donation_id == donation.id,
            Dispute.status.in_(statuses),
            ~Dispute.reinstated,
        )
    )
    return int(session.scalar(taken) or 0)
