"""The copies of receipts: each PDF as it was mailed, sealed, and held against its hash when it is read.

A donor's copies are kept as long as the donor is. Of one who was erased, those stay that a law has us keep
for years (`keep_years`, from the end of the receipt's own year; 0 keeps none), until these are over.
"""

import base64
import hashlib
from datetime import datetime
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session

from db.sealed import keyring
from payments import stripping
from payments.documents import issuer
from payments.models.donors import Donor
from payments.models.giving import Donation, GivingEvent
from payments.models.receipts import Receipt, ReceiptCopy

COLUMN: Final = "receipt_copy.pdf"


class Spoilt(Exception):
    """The copy of a receipt is not what was given."""

    def __init__(self) -> None:
        super().__init__("The kept copy was changed; take it from a backup of the database.")


class Gone(LookupError):
    """The copy of a receipt was deleted when its donor or giver was erased."""

    def __init__(self) -> None:
        super().__init__("The copy is gone, for its donor was erased; its number and hash remain.")


def keep(session: Session, receipt: Receipt, pdf: bytes) -> None:
    """Write a new receipt with its hash, and its copy beside it."""
    receipt.sha256 = hashlib.sha256(pdf).digest()
    session.add(receipt)
    session.flush()  # the copy names it by its number in the table
    reference = uuid4()
    sealed = keyring(session).seal(
        base64.b64encode(pdf).decode(), column=COLUMN, row=reference.bytes
    )
    session.add(ReceiptCopy(receipt_id=receipt.id, reference=reference, pdf=sealed))


def read(session: Session, receipt: Receipt) -> bytes:
    """Return the PDF of a receipt; raise Gone, Spoilt, or db.sealed.CannotOpen."""
    copy = session.get(ReceiptCopy, receipt.id)
    if copy is None:
        raise Gone
    text = keyring(session).open(copy.pdf, column=COLUMN, row=copy.reference.bytes)
    pdf = base64.b64decode(text)
    if hashlib.sha256(pdf).digest() != receipt.sha256:
        raise Spoilt
    return pdf


def forget_of(
    session: Session, of: Donor | Donation, *, keep_years: int, now: datetime
) -> tuple[int, int]:
    """Delete the copies of such receipts that no law has us keep; return how many went and stayed."""
    theirs = select(Receipt.id).where(_is_of(of))
    old = theirs.where(not_(_is_kept(session, keep_years, now)))
    gone = session.scalars(
        delete(ReceiptCopy)
        .where(ReceiptCopy.receipt_id.in_(old))
        .returning(ReceiptCopy.receipt_id)
        .execution_options(synchronize_session=False)
    ).all()
    left = select(func.count()).where(ReceiptCopy.receipt_id.in_(theirs))
    return len(gone), session.scalar(left) or 0


def forget_old(session: Session, *, keep_years: int, now: datetime, limit: int) -> int:
    """Delete copies of who was erased whose years are over, at most so many; return how many it were."""
    old = (
        select(ReceiptCopy.receipt_id)
        .join(Receipt, Receipt.id == ReceiptCopy.receipt_id)
        .outerjoin(Donor, Donor.id == Receipt.donor_id)
        .where(
            or_(Donor.erased_at.is_not(None), _giver_is_erased()),
            not_(_is_kept(session, keep_years, now)),
        )
        .order_by(ReceiptCopy.receipt_id)
        .limit(limit)
        .with_for_update(of=ReceiptCopy, skip_locked=True)
    )
    ids = session.scalars(old).all()
    session.execute(delete(ReceiptCopy).where(ReceiptCopy.receipt_id.in_(ids)))
    return len(ids)


def last_year(
    session: Session, of: Donor | Donation, *, keep_years: int, now: datetime
) -> int | None:
    """Return the year at whose end the last copy of such receipts goes, None where all may go now."""
    kept = (
        select(func.max(Receipt.year))
        .join(ReceiptCopy, ReceiptCopy.receipt_id == Receipt.id)
        .where(_is_of(of), _is_kept(session, keep_years, now))
    )
    newest = session.scalar(kept)
    return None if newest is None else newest + keep_years


def _is_of(of: Donor | Donation) -> ColumnElement[bool]:
    """Tell which receipts are a donor's, or of one gift."""
    return Receipt.donor_id == of.id if isinstance(of, Donor) else Receipt.donation_id == of.id


def _giver_is_erased() -> ColumnElement[bool]:
    """Tell which receipts are of gifts whose giver had no row of their own, and was erased."""
    erased = exists().where(
        GivingEvent.donation_id == Receipt.donation_id, GivingEvent.what == stripping.ERASED
    )
    return and_(Receipt.donor_id.is_(None), erased)


def _is_kept(session: Session, keep_years: int, now: datetime) -> ColumnElement[bool]:
    """Tell which receipts' copies the law has us keep: to the end of so many years after their own."""
    if not keep_years:
        return false()
    this_year = now.astimezone(ZoneInfo(issuer.of(session).zone)).year
    return Receipt.year >= this_year - keep_years
