"""Tables: who asked to hear about what, and by what consent."""

import enum
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered
from db.rotation import sealed
from db.types import Word

PGP_COLUMN: Final = "subscriber.pgp_certificate"
"""What a reader's sealed OpenPGP certificate is bound to, besides the blind index of the address."""


class SubscriberState(enum.StrEnum):
    """Where a subscriber stands: only the confirmed are mailed releases."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class ConsentKind(enum.StrEnum):
    """What a consent event records."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class Topic(Numbered, Dated, Base):
    """What a subscriber asked to hear about."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Topics are shown in this order.
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    #: A press list: staff put readers on it, no public form offers it, and it may hear under embargo.
    by_invitation: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    #: A retired topic is offered to nobody; its readers keep what else they chose.
    retired_at: Mapped[datetime | None]


class Subscriber(Numbered, Dated, Base):
    """A person's address on the list; never deleted while it may matter, but ended with a reason."""

    __tablename__ = "subscriber"
    __table_args__ = (
        UniqueConstraint("address_index"),
        CheckConstraint("state IN ('pending', 'confirmed', 'ended')", name="state"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_at"),
        # Only who has ended may be without an address.
        CheckConstraint("state = 'ended' OR erased_at IS NULL", name="erased"),
        CheckConstraint("(erased_at IS NOT NULL) = (address = ''::bytea)", name="erased_address"),
        Index("ix_subscriber_confirmed", "id", postgresql_where="state = 'confirmed'"),
    )

    #: The address, sealed for this column and bound to `address_index`; empty once it is erased.
    address: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("address_index"))
    #: The keyed hash an address is found by; random once it is erased, so that nothing leads back.
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[SubscriberState] = mapped_column(Word(SubscriberState))
    language: Mapped[str] = mapped_column(Text, default="en", server_default="en")
    #: Rises when every link mailed so far must stop working.
    token_version: Mapped[int] = mapped_column(default=1, server_default="1")
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None] = mapped_column(Text)
    #: Since when nothing personal is left of this row.
    erased_at: Mapped[datetime | None]
    #: No release is mailed before this.
    paused_until: Mapped[datetime | None]
    #: Mails are text alone.
    plain_only: Mapped[bool] = mapped_column(Boolean, server_default="false", default=False)
    #: An OpenPGP certificate to encrypt to, sealed and bound to `address_index`: it names its owner.
    pgp_certificate: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("address_index"))

    topics: Mapped[list[Topic]] = relationship(
        secondary="subscriber_topic", order_by=Topic.position
    )


class SubscriberTopic(Base):
    """One subscriber's interest in one topic."""

    __tablename__ = "subscriber_topic"
    __table_args__ = (Index("ix_subscriber_topic_topic_id", "topic_id", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="RESTRICT"), primary_key=True
    )


class ConsentWording(Dated, Base):
    """A text that people consented to, kept once under its SHA-256."""

    __tablename__ = "consent_wording"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class ConsentEvent(Numbered, Base):
    """A consent given or withdrawn, with the wording shown; the database refuses to change one.

    It names no address and no network address. A withdrawal shows no wording.
    """

    __tablename__ = "consent_event"
    __table_args__ = (Index("ix_consent_event_subscriber_id", "subscriber_id", "id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    kind: Mapped[ConsentKind] = mapped_column(Word(ConsentKind))
    at: Mapped[datetime]
    #: Which form, command or import it came by, such as 'form /subscribe'.
    source: Mapped[str] = mapped_column(Text)
    wording_hash: Mapped[bytes | None] = mapped_column(
        LargeBinary, ForeignKey("consent_wording.hash")
    )
    #: Why somebody left, where they told us: a word of a short list, never their own text.
    reason: Mapped[str | None] = mapped_column(Text)
    #: Slugs of the topics it speaks of.
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")


class Suppression(Dated, Base):
    """The keyed hash of an address that must not be mailed; it outlives every other trace of the person."""

    __tablename__ = "suppression"

    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    reason: Mapped[str] = mapped_column(Text)


class ConfirmToken(Base):
    """A confirmation link that was mailed: its `jti`, hashed, so that one link makes one consent event."""

    __tablename__ = "confirm_token"
    __table_args__ = (Index("ix_confirm_token_subscriber_id", "subscriber_id"),)

    jti_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    #: The topics asked for with this link; they count once it is confirmed.
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    wording_hash: Mapped[bytes] = mapped_column(LargeBinary, ForeignKey("consent_wording.hash"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
