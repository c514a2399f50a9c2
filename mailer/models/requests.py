"""Tables: what visitors asked for, before anything is done about it, and the caps on it.

A visitor's post writes one row here, whatever the address is; a worker decides. So the answer cannot tell
what we know, and a flood costs one insert a post. All rows are gone within days (`mailer.retention`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Numbered
from db.rotation import sealed

REQUEST_COLUMN: Final = "subscription_request.address"
CHANGE_COLUMN: Final = "address_change.address"
"""What these columns' values are bound to, besides the blind index of the address."""


class SubscriptionRequest(Numbered, Base):
    """One post of the subscribe form or the API, to be answered by a worker."""

    __tablename__ = "subscription_request"
    __table_args__ = (
        Index("ix_subscription_request_open", "id", postgresql_where="answered_at IS NULL"),
        Index("ix_subscription_request_asked_at", "asked_at"),
    )

    #: The address as it was typed, sealed and bound to `address_index`; None once it was answered.
    address: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("address_index"))
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    #: Keyed hash of the address without its +tag and, where its provider ignores them, dots: for caps only.
    canonical_index: Mapped[bytes] = mapped_column(LargeBinary)
    #: Keyed hash of the recipient's domain.
    domain_tag: Mapped[bytes] = mapped_column(LargeBinary)
    #: Keyed hash, under a key of the day, of the visitor's /24 or /64; None where there is none.
    network_tag: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(Text)
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    wording_hash: Mapped[bytes] = mapped_column(LargeBinary, ForeignKey("consent_wording.hash"))
    source: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    #: Not before this: who could not solve a challenge under attack waits instead.
    due_at: Mapped[datetime]
    #: A challenge was solved for it.
    proven: Mapped[bool] = mapped_column(Boolean, server_default="false", default=False)
    answered_at: Mapped[datetime | None]
    #: What was done, a word of `mailer.requests.Answer`.
    answer: Mapped[str | None] = mapped_column(Text)


class Cap(Base):
    """How much of one kind one key has had in one period; the database counts, so that no flush forgets."""

    __tablename__ = "cap"
    __table_args__ = (Index("ix_cap_period_end", "period_end"),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    period_end: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class SpentChallenge(Base):
    """A proof of work that was handed in: each is good once."""

    __tablename__ = "spent_challenge"
    __table_args__ = (Index("ix_spent_challenge_expires_at", "expires_at"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime]


class AddressChange(Numbered, Base):
    """A subscriber's wish to be reached elsewhere; the new address confirms it, the old one is told."""

    __tablename__ = "address_change"
    __table_args__ = (Index("ix_address_change_subscriber_id", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    jti_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    #: The new address, sealed and bound to `address_index`.
    address: Mapped[bytes] = mapped_column(LargeBinary, info=sealed("address_index"))
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
