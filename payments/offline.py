"""Offline gifts: staff enter cheques, transfers and cash, and take back whole what was entered wrongly.

Each is a donation with a payment and a line of the ledger of its own (`offline_books`), so that receipts,
statements and sums need no second way. Nothing of it is edited: a line against it takes it back.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.sealed import keyring
from payments import (
    declarations,
    donors,
    funds,
    giving,
    giving_events,
    offline_books,
    offline_gifts,
    receipts,
    recipients,
    typed_names,
)
from payments.documents import issuer
from payments.giving import Words
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation, DonationState
from payments.models.money import Refund
from payments.offline_gifts import BadGift, OfflineGift

ENTERED: Final = "entered"
TAKEN_BACK: Final = "taken back"
_LOCK: Final = 5_106_811_702
"""The advisory lock of whoever enters gifts: any number that nothing else in this database uses."""


class UnknownGift(LookupError):
    """There is no offline gift of this reference."""

    def __init__(self) -> None:
        super().__init__(
            "There is no offline gift of this reference; one that came by Stripe is given back there."
        )


class NotTakenBack(Exception):
    """An entry stays as it is; the message says why."""


class TakenBackAlready(NotTakenBack):
    """A gift is taken back once."""

    def __init__(self) -> None:
        super().__init__("This gift was taken back before; enter what really came as a new one.")


def enter(session: Session, gift: OfflineGift, *, staff_id: int, now: datetime) -> Donation:
    """Write a gift down as paid, with its line of the books and its receipt, and mail that; raise BadGift.

    The same gift with the same nonce is the same row, a double click too.
    """
    return enter_all(session, [gift], staff_id=staff_id, now=now)[0]


def enter_all(
    session: Session, gifts: Sequence[OfflineGift], *, staff_id: int, now: datetime
) -> list[Donation]:
    """Write several gifts down, all or none, and return their rows in this order; raise BadGift.

    Receipts come when every gift stands: nothing is waited for behind their series (`applying.locks`).
    """
    rows = [
        find(session, gift) or _write(session, gift, staff_id=staff_id, now=now) for gift in gifts
    ]
    for donation in rows:
        if recipients.is_known(session, donation):
            receipts.issue(session, donation, now=now)
    return rows


def find(session: Session, gift: OfflineGift) -> Donation | None:
    """Return what a gift with its nonce has become already; nobody else enters any until the commit."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    return session.scalar(select(Donation).where(Donation.nonce == _nonce(session, gift)))


def alike(session: Session, gift: OfflineGift) -> list[Donation]:
    """Return the gifts of the same amount, way and day that stand: one of them may be this very gift."""
    same = select(Donation).where(
        Donation.amount == gift.amount,
        Donation.currency == gift.currency,
        Donation.channel == gift.channel,
        Donation.received_on == gift.received_on,
    )
    found = session.scalars(same.order_by(Donation.id)).all()
    gone = offline_books.taken_back(session, found)
    return [each for each in found if each.id not in gone]


def newest(session: Session, *, limit: int) -> Sequence[Donation]:
    """Return the offline gifts that were entered last, the newest first."""
    entered = select(Donation).where(Donation.channel != Channel.STRIPE)
    return session.scalars(entered.order_by(Donation.id.desc()).limit(limit)).all()


def named(session: Session, reference: str) -> Donation:
    """Return the offline gift of a reference; raise UnknownGift."""
    try:
        known = Donation.reference == UUID(reference)
    except ValueError:
        raise UnknownGift from None
    gift = session.scalar(select(Donation).where(known, Donation.channel != Channel.STRIPE))
    if gift is None:
        raise UnknownGift
    return gift


def take_back(
    session: Session, donation_id: int, *, staff_id: int, reason: str, now: datetime
) -> Refund:
    """Take an offline gift back whole, once: a line against it, and a receipt that makes the first void.

    The reason is the edge's to keep, in the audit log. Raises NotTakenBack, UnknownGift.
    """
    if not reason.strip():
        raise NotTakenBack("Say why it is taken back; the audit log keeps that.")
    donation = _locked(session, donation_id)
    if offline_books.is_taken_back(session, donation):
        raise TakenBackAlready
    refund = offline_books.write_against(session, donation, staff_id=staff_id, now=now)
    cause = str(refund.refund_id)
    giving_events.add(session, donation, TAKEN_BACK, cause, now=now, staff_id=staff_id)
    receipts.correct(session, donation, cause=cause, now=now)
    return refund


def _write(session: Session, gift: OfflineGift, *, staff_id: int, now: datetime) -> Donation:
    if faults := offline_gifts.faults(session, gift, now=now):
        raise BadGift(faults)
    arrived_at = _arrival(session, gift)
    donor = _donor(session, gift, now)
    fund = funds.named(session, gift.fund_slug) if gift.fund_slug else None
    donation = Donation(
        reference=uuid4(),
        donor_id=donor.id if donor else None,
        fund_id=fund.id if fund else None,
        channel=gift.channel,
        state=DonationState.PAID,
        paid_at=arrived_at,
        received_on=gift.received_on,
        entered_by=staff_id,
        amount=gift.amount,
        currency=gift.currency,
        language=gift.language,
        anonymous=gift.anonymous,
        nonce=_nonce(session, gift),
    )
    donation.words = giving.seal(session, donation, _words(gift))
    session.add(donation)
    session.flush()
    offline_books.write(session, donation, arrived_at=arrived_at, now=now)
    way = donation.channel.value
    giving_events.add(session, donation, ENTERED, way, now=now, staff_id=staff_id)
    if donor is not None:
        typed_names.note(session, donation, donor, gift.name, now=now)
    return donation


def _donor(session: Session, gift: OfflineGift, now: datetime) -> Donor | None:
    """Return who gave, None where they have no mail address to be found by."""
    if not gift.address:
        return None
    donor = donors.find_or_make(
        session, gift.address, language=gift.language, name=gift.name, now=now
    )
    # Who has declared is claimed for under what they declared, and sets it right on their own page.
    if not declarations.has_ever(session, donor):
        donors.describe(session, donor, name=gift.name, postal_address=gift.postal_address)
    return donor


def _words(gift: OfflineGift) -> Words:
    """Return what stays with the gift; a donor's name is in their own row, where erasing finds it."""
    if gift.address:
        return Words(message=gift.message)
    return Words(message=gift.message, name=gift.name, postal_address=gift.postal_address)


def _arrival(session: Session, gift: OfflineGift) -> datetime:
    """Return the first moment of the organisation's day on which a gift arrived."""
    day, zone = gift.received_on, ZoneInfo(issuer.of(session).zone)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _locked(session: Session, donation_id: int) -> Donation:
    offline = Donation.id == donation_id, Donation.channel != Channel.STRIPE
    current = select(Donation).where(*offline).execution_options(populate_existing=True)
    donation = session.scalar(current.with_for_update())
    if donation is None:
        raise UnknownGift
    return donation


def _nonce(session: Session, gift: OfflineGift) -> str:
    """Return what a gift is known by: a keyed hash of all that was entered, with the nonce.

    Who goes back in the browser and changes the amount sends the same form, and means another gift.
    """
    text = json.dumps(asdict(gift), sort_keys=True, default=str)
    return f"offline:{keyring(session).index('offline gift', text).hex()}"
