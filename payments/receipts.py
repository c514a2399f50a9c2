"""Receipts: each gift that is paid has one, and what went back is said in a new one, never in the old.

Whoever issues holds the year's series until the commit: it is locked last (`applying.locks`), and drawing the
PDF is all that happens behind it.
"""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from payments import numbering, receipt_copies, receipt_mails, recipients, standing
from payments.documents import gift, issuer
from payments.documents.gift import Gift
from payments.documents.issuer import Issuer
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation
from payments.models.receipts import Receipt, ReceiptKind


def issue(session: Session, donation: Donation, *, now: datetime) -> Receipt:
    """Give a paid donation its receipt and queue the mail that carries it; a second call returns the first.

    It says all that was given, also where something went back before we heard of it: that is for `correct`.
    """
    _lock(session, donation)
    return _first(session, donation) or _write(
        session,
        donation,
        Receipt(kind=ReceiptKind.GIFT, cause="", amount=given(session, donation)),
        now=now,
    )


def correct(session: Session, donation: Donation, *, cause: str, now: datetime) -> Receipt | None:
    """Say anew what is left of a donation, once for each cause, and mail that.

    None where there is no receipt to correct, or the last one still says what is so: no number is used up.
    """
    _lock(session, donation)
    if known := session.scalar(_of(donation).where(Receipt.cause == cause)):
        return known
    before, kept = last(session, donation), standing.of(session, donation).kept
    if before is None or before.amount == kept:
        return None
    correction = Receipt(
        kind=ReceiptKind.CORRECTION, cause=cause, amount=kept, corrects_id=before.id
    )
    return _write(session, donation, correction, now=now)


def given(session: Session, donation: Donation) -> int:
    """Return what a donation brought before anything went back, in minor units; at most what was pledged."""
    stands = standing.of(session, donation)
    return min(donation.amount, stands.kept + stands.refunded + stands.lost)


def given_on(donation: Donation, zone: str) -> date:
    """Return the day of a paid donation: the day it arrived, or the organisation's day at the payment."""
    if donation.channel is not Channel.STRIPE and donation.received_on:
        return donation.received_on
    if donation.paid_at is None:
        raise ValueError("Wait until the donation is paid: before that it has no day.")
    return donation.paid_at.astimezone(ZoneInfo(zone)).date()


def last(session: Session, donation: Donation) -> Receipt | None:
    """Return the receipt that holds for a donation, None where none was given yet."""
    return session.scalar(_of(donation).order_by(Receipt.id.desc()).limit(1))


def of_donor(session: Session, donor: Donor) -> list[Receipt]:
    """Return everything that was given to a donor in writing, the newest first."""
    theirs = select(Receipt).where(Receipt.donor_id == donor.id)
    return list(session.scalars(theirs.order_by(Receipt.id.desc())))


def mail_again(session: Session, receipt: Receipt, *, now: datetime) -> bool:
    """Mail the kept copy of a gift's receipt once more; return whether its donor can be mailed."""
    if receipt.donation_id is None:
        raise ValueError("A statement is mailed by payments.statements.send.")
    donation = session.get_one(Donation, receipt.donation_id)
    # Who is erased meanwhile would be mailed by their address all the same.
    _lock(session, donation)
    session.expire_all()
    said = _gift(session, donation, receipt)
    copy = receipt_copies.read(session, receipt)
    return _mail(session, donation, receipt, said, copy, now=now)


def _lock(session: Session, donation: Donation) -> None:
    """Wait for whoever else writes about this donation, so that nobody issues what is there already."""
    session.flush()
    session.execute(select(Donation.id).where(Donation.id == donation.id).with_for_update())


def _of(donation: Donation) -> Select[Receipt]:
    return select(Receipt).where(Receipt.donation_id == donation.id)


def _first(session: Session, donation: Donation) -> Receipt | None:
    return session.scalar(_of(donation).where(Receipt.kind == ReceiptKind.GIFT))


def _write(session: Session, donation: Donation, receipt: Receipt, *, now: datetime) -> Receipt:
    """Number a receipt, draw it, keep its copy and queue its mail."""
    by = issuer.of(session)
    receipt.donation_id, receipt.donor_id = donation.id, donation.donor_id
    receipt.currency, receipt.language = donation.currency, donation.language
    receipt.issued_at, receipt.pack = now, by.pack
    receipt.given_on = given_on(donation, by.zone)
    receipt.year = now.astimezone(ZoneInfo(by.zone)).year
    receipt.number = numbering.take(session, receipt.year)
    said = _gift(session, donation, receipt)
    pdf = gift.pdf(said, by)
    receipt_copies.keep(session, receipt, pdf)
    _mail(session, donation, receipt, said, pdf, now=now)
    return receipt


def _gift(session: Session, donation: Donation, receipt: Receipt) -> Gift:
    """Return what a receipt says, whether it is being written or was written long ago."""
    by = issuer.of(session)
    before = session.get_one(Receipt, receipt.corrects_id) if receipt.corrects_id else None
    first = _first(session, donation)
    return Gift(
        number=numbering.said(receipt),
        issued_on=receipt.issued_at.astimezone(ZoneInfo(by.zone)).date(),
        given_on=receipt.given_on or given_on(donation, by.zone),
        given=first.amount if first else receipt.amount,
        kept=receipt.amount,
        currency=receipt.currency,
        language=receipt.language,
        way=donation.channel.value,
        reference=str(donation.reference),
        recipient=recipients.of_gift(session, donation),
        fund=donation.fund.name if donation.fund else "",
        corrects=numbering.said(before) if before else "",
        declared=recipients.declared(session, donation.donor, by, now=receipt.issued_at),
    )


def _mail(
    session: Session, donation: Donation, receipt: Receipt, said: Gift, pdf: bytes, *, now: datetime
) -> bool:
    interval = donation.plan.interval.value if donation.plan else ""
    by: Issuer = replace(issuer.of(session), pack=receipt.pack)
    return receipt_mails.gift(session, said, by, pdf, interval=interval, now=now)
