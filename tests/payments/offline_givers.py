"""Offline gifts as staff enter them; a test states only what matters to it."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from payments import offline
from payments.models.giving import Channel, Donation
from payments.offline_gifts import OfflineGift
from tests.builders import NOW
from tests.cast import BORIS, Staff

CHEQUE = OfflineGift(
    amount=5_000,
    currency="EUR",
    channel=Channel.CHEQUE,
    received_on=date(2026, 11, 20),
    language="en",
    nonce="a form",
    address=BORIS,
    name="Boris Example",
)
UNKNOWN = replace(CHEQUE, address="", name="", channel=Channel.TRANSFER, message="RF18 5390")
"""A transfer of which nobody knows from whom it is."""
WITHOUT_MAIL = replace(CHEQUE, address="", postal_address="1 Example Street\nExample Town")


def enter(session: Session, member: Staff, gift: OfflineGift = CHEQUE) -> Donation:
    """Have a member enter a gift."""
    return offline.enter(session, gift, staff_id=member.id, now=NOW)


def take_back(session: Session, member: Staff, donation: Donation) -> None:
    """Have a member take a gift back."""
    offline.take_back(session, donation.id, staff_id=member.id, reason="a slip", now=NOW)
