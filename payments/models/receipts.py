"""Tables: what we said in writing of a gift. Numbered without gaps, never changed, corrected by a new one."""

import enum
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Numbered
from db.rotation import sealed
from db.types import Word


class ReceiptKind(enum.StrEnum):
    """What a receipt says: a gift, the same gift after a refund or dispute, or all gifts of a year."""

    GIFT = "gift"
    CORRECTION = "correction"
    STATEMENT = "statement"


class ReceiptSeries(Base):
    """The last number given in a year; whoever holds the row gives the next, so there are no gaps."""

    __tablename__ = "receipt_series"

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0, server_default="0")


class Receipt(Numbered, Base):
    """One document: its number, what it is about, and the hash of the rendered copy; never changed."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("(kind = 'statement') = (donation_id IS NULL)", name="of_a_gift"),
        CheckConstraint("(kind = 'correction') = (corrects_id IS NOT NULL)", name="corrects"),
        Index("uq_receipt_gift", "donation_id", unique=True, postgresql_where="kind = 'gift'"),
        UniqueConstraint("donation_id", "kind", "cause"),
        Index("ix_receipt_donor_id", "donor_id"),
    )

    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int]
    kind: Mapped[ReceiptKind] = mapped_column(Word(ReceiptKind))
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id", ondelete="RESTRICT"))
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("donor.id", ondelete="RESTRICT"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id", ondelete="RESTRICT"))
    #: What a correction answers to: the id of a refund or dispute with its state, so that each has one.
    cause: Mapped[str] = mapped_column(Text, default="", server_default="")
    issued_at: Mapped[datetime]
    #: What is left of the gift, in minor units of `currency`; for a statement see its copy.
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(Text)
    #: The year that a statement is of.
    of_year: Mapped[int | None] = mapped_column(SmallInteger)
    language: Mapped[str] = mapped_column(Text)
    #: Which wording: us, uk, eu.
    pack: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the PDF.
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    #: Of which day the gift is, for the donor and the tax office.
    given_on: Mapped[date | None] = mapped_column(Date)


class ReceiptCopy(Base):
    """The PDF of a receipt as it was mailed; apart from its row, which never changes, for keys do."""

    __tablename__ = "receipt_copy"

    receipt_id: Mapped[int] = mapped_column(
        ForeignKey("receipt.id", ondelete="RESTRICT"), primary_key=True
    )
    #: What the copy is bound to.
    reference: Mapped[UUID] = mapped_column(default=uuid4)
    #: Base64 of the PDF, sealed and bound to `reference`.
    pdf: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("reference"))
