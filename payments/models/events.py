"""Tables: what Stripe told us, what staff must do about it, and what reconciling has found."""

import enum
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Dated, Numbered
from db.types import Word


class EventState(enum.StrEnum):
    """Where a stripe event stands; DEAD ones were tried often enough and wait for a person."""

    NEW = "new"
    DONE = "done"
    IGNORED = "ignored"
    DEAD = "dead"


class Source(enum.StrEnum):
    """How an event came to us."""

    WEBHOOK = "webhook"
    SWEEP = "sweep"


class StripeEvent(Base):
    """A verified event, stored once by its id; it is a doorbell, so nothing of its object is kept."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index("ix_stripe_event_due", "next_try_at", "id", postgresql_where="state = 'new'"),
        Index("ix_stripe_event_made_at", "made_at"),
        Index("ix_stripe_event_object_id", "object_id", postgresql_where="state = 'new'"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    type: Mapped[str] = mapped_column(Text)
    #: The object that it is about: its kind, such as refund, and its id.
    object_kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    api_version: Mapped[str | None] = mapped_column(Text)
    #: When Stripe made it.
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[Source] = mapped_column(Word(Source))
    #: SHA-256 of the bytes that were verified; None where it was fetched.
    body_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[EventState] = mapped_column(Word(EventState), server_default="new")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    #: What went wrong the last time, without anything of a person.
    fault: Mapped[str | None] = mapped_column(Text)


class TaskKind(enum.StrEnum):
    """What staff are asked to decide or do."""

    INQUIRY = "inquiry"
    DISPUTE = "dispute"
    FRAUD_WARNING = "fraud warning"
    REFUND_FAILED = "refund failed"
    DUPLICATE = "paid twice"
    UNMATCHED = "unmatched payment"
    DIFFERENCE = "difference"
    DEAD_EVENT = "dead event"
    PAYOUT_FAILED = "payout failed"


class MoneyTask(Numbered, Dated, Base):
    """Something about money that a person must look at, with the day by which."""

    __tablename__ = "money_task"
    __table_args__ = (
        UniqueConstraint("kind", "about"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL AND outcome IS NULL)", name="done"),
        Index("ix_money_task_open", "due_at", postgresql_where="done_at IS NULL"),
    )

    kind: Mapped[TaskKind] = mapped_column(Word(TaskKind))
    #: Stripe's id of what it is about, so that one thing is asked once.
    about: Mapped[str] = mapped_column(Text)
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime]
    #: When staff were mailed about it.
    told_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    #: None where it was settled by itself, as a dispute that was won.
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="RESTRICT"))
    outcome: Mapped[str | None] = mapped_column(Text)


class Cursor(Base):
    """How far a sweep has come: events and balance transactions before it are here."""

    __tablename__ = "stripe_cursor"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


class Reconciliation(Numbered, Base):
    """What comparing our books with Stripe's has found, kept as it was."""

    __tablename__ = "reconciliation"

    at: Mapped[datetime]
    holds: Mapped[bool] = mapped_column(Boolean)
    document: Mapped[dict[str, object]] = mapped_column(JSONB)
