"""Mails about one gift that are no receipts: it is on its way, it did not go through, it was given back."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from payments import amounts, donors
from payments.models.giving import Donation

ON_ITS_WAY: Final = "donation-processing"
FAILED: Final = "donation-failed"
REFUNDED: Final = "donation-refunded"


def tell(
    session: Session, donation: Donation, template: str, amount: int, *, now: datetime
) -> None:
    """Queue a mail about an amount of a gift, in minor units; nobody is told where its donor was erased."""
    donor = donation.donor
    if donor is None or donor.erased_at is not None:
        return
    outbox.queue(
        session,
        template=template,
        address=donors.address_of(session, donor),
        language=donation.language,
        context={"amount": amounts.said(amount, donation.currency, donation.language)},
        now=now,
        expires_at=now + timedelta(seconds=limits.GIFT_MAIL_SECONDS),
    )
