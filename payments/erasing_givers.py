"""Erasing a giver who has no mail address: they have no row of their own, nor a page with a button.

Name, home and note are in the words of their cheque or transfer, and in the copies of its receipts. The gift,
its payment and line of the ledger, and receipts with their numbers and hashes stay.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from payments import giving_events, receipt_copies, stripping
from payments.models.giving import Donation


class HasDonor(Exception):
    """Who gave has a row of their own, and perhaps other gifts and plans."""

    def __init__(self) -> None:
        super().__init__(
            "This gift's donor has a mail address: erase them by it, with all that they gave."
        )


def erase(
    session: Session, donation_id: int, *, staff_id: int, keep_years: int, now: datetime
) -> tuple[int, int]:
    """Erase the giver of one gift, once; return how many copies of its receipts went, and stay by law.

    `keep_years` is RECEIPT_KEEP_YEARS. Raises HasDonor.
    """
    gift = session.get_one(Donation, donation_id, with_for_update=True, populate_existing=True)
    if gift.donor_id is not None:
        raise HasDonor
    if is_erased(session, gift):
        return 0, 0
    stripping.strip_gift(session, gift)
    giving_events.add(session, gift, stripping.ERASED, now=now, staff_id=staff_id)
    return receipt_copies.forget_of(session, gift, keep_years=keep_years, now=now)


def is_erased(session: Session, gift: Donation) -> bool:
    """Tell whether who gave was erased, be it as the donor or as the giver of this gift alone."""
    if gift.donor is not None:
        return gift.donor.erased_at is not None
    return giving_events.happened(session, gift, stripping.ERASED, "")
