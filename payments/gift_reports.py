"""One gift as staff read it: its payments with what became of each, its papers, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import erasing_givers, giving, numbering, recipients, refundable, standing
from payments.applying import disputes, warnings
from payments.documents.parties import Recipient
from payments.giving import Words
from payments.models.giving import Donation, GivingEvent, Plan
from payments.models.money import Dispute, FraudWarning, Refund
from payments.models.receipts import Receipt, ReceiptCopy
from payments.refundable import Left
from payments.standing import Standing


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment of a gift, what is left of it, and what came of it."""

    left: Left
    refunds: Sequence[Refund]
    disputes: Sequence[Dispute]
    warnings: Sequence[FraudWarning]


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt with its number as people read it; without a copy where its donor was erased."""

    receipt: Receipt
    number: str
    has_copy: bool


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave, as far as we know and were not asked to forget, and what they said with the gift."""

    who: Recipient
    erased: bool
    said: Words


@dataclass(frozen=True, slots=True)
class GiftReport:
    """All there is of a gift but for its giver."""

    gift: Donation
    standing: Standing
    payments: Sequence[Paid]
    papers: Sequence[Paper]
    story: Sequence[GivingEvent]


def of(session: Session, gift: Donation) -> GiftReport:
    """Gather what there is of a gift."""
    return GiftReport(
        gift=gift,
        standing=standing.of(session, gift),
        payments=[_paid(session, left) for left in refundable.of_gift(session, gift)],
        papers=_papers(session, gift),
        story=story(session, gift),
    )


def giver(session: Session, gift: Donation) -> Giver:
    """Open who gave, and what was said with the gift or with its plan; raise db.sealed.CannotOpen."""
    return Giver(
        who=recipients.of_gift(session, gift),
        erased=erasing_givers.is_erased(session, gift),
        said=giving.words_of(session, gift.plan or gift),
    )


def story(session: Session, given: Donation | Plan) -> Sequence[GivingEvent]:
    """Return what happened to a gift or a plan, the oldest first."""
    of_it = GivingEvent.plan_id if isinstance(given, Plan) else GivingEvent.donation_id
    events = select(GivingEvent).where(of_it == given.id)
    return session.scalars(events.order_by(GivingEvent.id)).all()


def _paid(session: Session, left: Left) -> Paid:
    intent_id = left.payment.payment_intent_id
    of_it = select(Refund).where(Refund.payment_intent_id == intent_id)
    return Paid(
        left=left,
        refunds=session.scalars(of_it.order_by(Refund.id)).all(),
        disputes=disputes.held(session, intent_id),
        warnings=warnings.held(session, intent_id),
    )


def _papers(session: Session, gift: Donation) -> list[Paper]:
    rows = session.execute(
        select(Receipt, ReceiptCopy.receipt_id)
        .outerjoin(ReceiptCopy, ReceiptCopy.receipt_id == Receipt.id)
        .where(Receipt.donation_id == gift.id)
        .order_by(Receipt.id)
    )
    return [Paper(row, numbering.said(row), copy is not None) for row, copy in rows]
