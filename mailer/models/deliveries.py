"""Tables: the ledger of every mail, and the batches that workers claim it by.

A delivery's state is in no index, so that an update of it stays in its page (HOT): at a million rows,
settling through an indexed state costs thirty times as much. What is to be done is found by batch.
"""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Dated, Numbered
from db.rotation import sealed
from db.types import Word


class DeliveryState(enum.StrEnum):
    """Where one mail to one address stands; 'leased' and 'sending' are properties of its batch."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"


FINAL = frozenset(
    {
        DeliveryState.ACCEPTED,
        DeliveryState.REFUSED,
        DeliveryState.UNCERTAIN,
        DeliveryState.SKIPPED,
    }
)
"""States that no worker leaves again: the close-out equation is over these."""


class Queue(enum.StrEnum):
    """Which workers take a batch: a confirmation never waits behind an announcement."""

    TX = "tx"
    BULK = "bulk"


class Delivery(Numbered, Base):
    """One mail to one address: to a subscriber for an announcement, or from the outbox."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("announcement_id", "subscriber_id"),
        CheckConstraint(
            "(announcement_id IS NULL) = (subscriber_id IS NULL)", name="announcement_or_outbox"
        ),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    #: Without a foreign key, which would cost a sixth of each freeze: the batches made in the same
    #: statement have it, and no announcement is ever deleted.
    announcement_id: Mapped[int | None]
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="RESTRICT")
    )
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), server_default="queued")
    #: How often it was offered to a relay and answered.
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    #: How often nobody can say whether the relay took it: each is a mail its reader may have twice.
    doubts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    #: The relay's last answer, or the reason it was skipped.
    reason: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None]
    #: The large provider that its address is at, by `mailer.providers`; None for all others, because a
    #: small domain would name its reader.
    provider: Mapped[str | None] = mapped_column(Text)


class Batch(Numbered, Dated, Base):
    """A range of deliveries that one worker claims at a time.

    It stays open while any of its deliveries is not final; `due_at` is when the next of them may be tried.
    `holder` fences it: what a worker settles counts only while the batch still names that worker.

    Its window is what the holder has at hand: open from the commit that reads consent to the one that settles
    it, so that a window is marked by one row. A delivery is 'sending' while it is in an open window of its
    batch and was queued or due when the window was opened (`mailer.claims.AT_HAND`).
    """

    __tablename__ = "batch"
    __table_args__ = (
        Index("ix_batch_due", "queue", "due_at", "id", postgresql_where="closed_at IS NULL"),
        Index("ix_batch_announcement_id", "announcement_id"),
        Index("ix_batch_window", "announcement_id", postgresql_where="window_at IS NOT NULL"),
        CheckConstraint(
            "num_nonnulls(window_first_id, window_last_id, window_at) IN (0, 3)",
            name="window_whole",
        ),
    )

    queue: Mapped[Queue] = mapped_column(Word(Queue))
    announcement_id: Mapped[int | None] = mapped_column(
        ForeignKey("announcement.id", ondelete="RESTRICT")
    )
    first_delivery_id: Mapped[int]
    last_delivery_id: Mapped[int]
    holder: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    window_first_id: Mapped[int | None]
    window_last_id: Mapped[int | None]
    window_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    claims: Mapped[int] = mapped_column(default=0, server_default="0")
    #: How many of its deliveries were settled as accepted and as refused: what the breaker adds up.
    accepted: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_at: Mapped[datetime | None]


class OutboxMail(Dated, Base):
    """What a delivery outside any announcement says and to whom: confirmations, invitations, tests."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_subscriber_id", "subscriber_id", "template"),)

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    #: The folder in mailer/templates.
    template: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    #: What its AAD and its Message-ID are bound to, known before the row has a number.
    reference: Mapped[UUID]
    #: The address, sealed and bound to `reference`.
    address: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("reference"))
    #: The template's context as JSON, sealed and bound to `reference`.
    context: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("reference"))
    #: The subscriber it speaks to, so that erasure finds it.
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="SET NULL")
    )
    #: After this the mail is of no use and is not sent.
    expires_at: Mapped[datetime]


class RelayState(Base):
    """Whether the relay answers: while it does not, nobody claims anything until `next_try_at`."""

    __tablename__ = "relay_state"

    #: Host and port, never a password.
    relay: Mapped[str] = mapped_column(Text, primary_key=True)
    away_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    reason: Mapped[str | None] = mapped_column(Text)


class SendingLimit(Base):
    """How fast everything together may be sent; changed by staff while it runs, one row."""

    __tablename__ = "sending_limit"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("per_second IS NULL OR per_second > 0", name="per_second"),
        CheckConstraint(
            "(window_mails IS NULL) = (window_seconds IS NULL) AND window_mails > 0 "
            "AND window_seconds > 0",
            name="window",
        ),
        CheckConstraint("connections IS NULL OR connections > 0", name="connections"),
    )

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    #: Mails a second, all announcements together.
    per_second: Mapped[float | None] = mapped_column(Double)
    #: At most so many mails in any window of so many seconds, as relays' contracts say.
    window_mails: Mapped[int | None]
    window_seconds: Mapped[int | None]
    #: How many workers may send announcements at once, each over a connection of its own.
    connections: Mapped[int | None]


class Pace(Base):
    """When the next mail of one kind may leave: what all workers draw their turns from.

    `scope` is `all`, `announcement 12`, or the keyed hash of a recipient domain in hexadecimal digits.
    """

    __tablename__ = "pace"

    scope: Mapped[str] = mapped_column(Text, primary_key=True)
    next_at: Mapped[datetime]
    #: Mails a second that a domain takes, learned from its refusals; None for no limit but its provider's.
    per_second: Mapped[float | None] = mapped_column(Double)
    #: When it last told us to slow down; the rate recovers from there.
    slowed_at: Mapped[datetime | None]


class PaceCount(Base):
    """How many mails left in one slot of time, for the sliding window."""

    __tablename__ = "pace_count"

    slot: Mapped[datetime] = mapped_column(primary_key=True)
    mails: Mapped[int]


class Epoch(Base):
    """The heartbeat that tells a living database from a restored copy of it; one row (`mailer.epochs`)."""

    __tablename__ = "epoch"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    #: Rises with every beat; a process that has seen a higher one looks at a restored copy.
    number: Mapped[int]
    beat_at: Mapped[datetime]
    #: The number at which a person trusted a restored copy: journals older than that speak of another one.
    since: Mapped[int] = mapped_column(default=0, server_default="0")
