"""Makes gifts that are paid, and what goes back of them, as the applying of Stripe's objects leaves them."""

import itertools
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import outbox
from mailer.models.deliveries import OutboxMail
from mailer.outbox import Letter
from payments import donors
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState
from payments.models.money import Dispute, Payment, Refund
from tests.builders import NOW
from tests.cast import BORIS

_NUMBERS: Final = itertools.count(1)


def donor(session: Session, address: str = BORIS, *, language: str = "en") -> Donor:
    """Return a donor with a name."""
    made = donors.find_or_make(session, address, language=language, name="Boris Example", now=NOW)
    session.flush()
    return made


def paid(
    session: Session,
    amount: int = 5_000,
    *,
    currency: str = "EUR",
    language: str = "en",
    by: Donor | None = None,
    at: datetime = NOW,
) -> Donation:
    """Add a gift that was paid by Stripe."""
    donation = Donation(
        donor=by or donor(session, language=language),
        amount=amount,
        costs=0,
        currency=currency,
        language=language,
        state=DonationState.PAID,
        paid_at=at,
    )
    session.add(donation)
    session.flush()
    session.add(
        Payment(
            payment_intent_id=intent(donation),
            donation_id=donation.id,
            amount=amount,
            currency=currency,
            paid_at=at,
        )
    )
    session.flush()
    return donation


def intent(donation: Donation) -> str:
    """Return the id of the payment intent of a gift made here."""
    return f"pi_{donation.id}"


def refund(session: Session, donation: Donation, amount: int, status: str = "succeeded") -> Refund:
    """Add a refund."""
    row = Refund(
        refund_id=f"re_{next(_NUMBERS)}",
        payment_intent_id=intent(donation),
        amount=amount,
        currency=donation.currency,
        status=status,
        made_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def dispute(session: Session, donation: Donation, status: str) -> Dispute:
    """Add a dispute about the whole gift."""
    row = Dispute(
        dispute_id=f"dp_{next(_NUMBERS)}",
        payment_intent_id=intent(donation),
        amount=donation.amount,
        currency=donation.currency,
        status=status,
        reason="fraudulent",
        refundable=False,
    )
    session.add(row)
    session.flush()
    return row


def letters(session: Session) -> list[Letter]:
    """Return what is queued in the outbox, opened, the oldest first."""
    ids = session.scalars(select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id))
    return [outbox.letter(session, id_) for id_ in ids]
