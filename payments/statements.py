"""Statements: what a donor gave in a year, and what of it remains, as receipts and ledger have it."""

import hashlib
import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from payments import numbering, receipt_copies, receipt_mails, receipts, recipients, standing
from payments.documents import issuer
from payments.documents import year as years
from payments.documents.year import Entry, Year
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation, DonationState
from payments.models.receipts import Receipt, ReceiptKind


def entries(session: Session, donor: Donor, of_year: int, *, zone: str) -> tuple[Entry, ...]:
    """Return a donor's gifts of a calendar year in a time zone, the oldest first.

    What went back counts against the year of its gift, whenever it went.
    """
    return tuple(
        _entry(session, donation, zone)
        for donation in session.scalars(_given_in(donor, of_year, zone))
    )


def issue(session: Session, donor: Donor, of_year: int, *, now: datetime) -> Receipt:
    """Give a donor the statement of a year, with a number and a copy; mail nothing.

    Where their last one of that year says the same in their language, it is returned instead.
    """
    # Read anew: who was erased since the caller has found them is named no more.
    session.refresh(donor, with_for_update=True)
    by = issuer.of(session)
    listed = entries(session, donor, of_year, zone=by.zone)
    before = _last(session, donor, of_year)
    if before and (before.cause, before.language) == (_digest(listed), donor.language):
        return before
    return _write(session, donor, of_year, listed, now=now)


def send(session: Session, donor: Donor, of_year: int, *, now: datetime) -> Receipt:
    """Issue the statement of a year and mail it; who was erased is mailed nothing."""
    receipt = issue(session, donor, of_year, now=now)
    listed = entries(session, donor, of_year, zone=issuer.of(session).zone)
    said = _year(session, donor, receipt, listed)
    receipt_mails.statement(session, said, receipt_copies.read(session, receipt), now=now)
    return receipt


def _given_in(donor: Donor, of_year: int, zone: str) -> Select[Donation]:
    first, after = date(of_year, 1, 1), date(of_year + 1, 1, 1)
    begins, ends = (_midnight(day, zone) for day in (first, after))
    online = Donation.channel == Channel.STRIPE
    in_the_year = or_(
        and_(online, Donation.paid_at >= begins, Donation.paid_at < ends),
        and_(~online, Donation.received_on >= first, Donation.received_on < after),
    )
    theirs = and_(Donation.donor_id == donor.id, Donation.state == DonationState.PAID)
    return select(Donation).where(theirs, in_the_year).order_by(Donation.paid_at, Donation.id)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def _entry(session: Session, donation: Donation, zone: str) -> Entry:
    receipt = receipts.last(session, donation)
    return Entry(
        given_on=receipts.given_on(donation, zone),
        number=numbering.said(receipt) if receipt else "",
        given=receipts.given(session, donation),
        kept=standing.of(session, donation).kept,
        currency=donation.currency,
    )


def _last(session: Session, donor: Donor, of_year: int) -> Receipt | None:
    theirs = select(Receipt).where(
        Receipt.donor_id == donor.id,
        Receipt.kind == ReceiptKind.STATEMENT,
        Receipt.of_year == of_year,
    )
    return session.scalar(theirs.order_by(Receipt.id.desc()).limit(1))


def _write(
    session: Session, donor: Donor, of_year: int, listed: tuple[Entry, ...], *, now: datetime
) -> Receipt:
    by = issuer.of(session)
    year = now.astimezone(ZoneInfo(by.zone)).year
    receipt = Receipt(
        kind=ReceiptKind.STATEMENT,
        year=year,
        number=numbering.take(session, year),
        donor_id=donor.id,
        cause=_digest(listed),
        issued_at=now,
        # Of several currencies there is no one sum: the copy has them all.
        amount=0,
        currency="",
        of_year=of_year,
        language=donor.language,
        pack=by.pack,
    )
    pdf = years.pdf(_year(session, donor, receipt, listed), by)
    receipt_copies.keep(session, receipt, pdf)
    return receipt


def _year(session: Session, donor: Donor, receipt: Receipt, listed: tuple[Entry, ...]) -> Year:
    zone = ZoneInfo(issuer.of(session).zone)
    return Year(
        of_year=receipt.of_year or receipt.year,
        entries=listed,
        number=numbering.said(receipt),
        issued_on=receipt.issued_at.astimezone(zone).date(),
        language=receipt.language,
        recipient=recipients.of(session, donor),
    )


def _digest(listed: tuple[Entry, ...]) -> str:
    """Return a hash of what a statement lists, by which the next one is known to say the same."""
    rows = [
        [each.given_on.isoformat(), each.number, each.given, each.kept, each.currency]
        for each in listed
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()
