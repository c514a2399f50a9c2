"""Tables: a release being mailed to an audience, with its approval and its progress."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered
from db.types import Word
from mailer.models.releases import Release
from mailer.models.subscribers import Topic


class AnnouncementState(enum.StrEnum):
    """Where an announcement stands; `mailer.lifecycle` says which move is lawful."""

    IN_REVIEW = "in review"
    APPROVED = "approved"
    #: Starts by itself at `start_at`.
    SCHEDULED = "scheduled"
    #: Its time passed unnoticed, as in a restored backup: a person decides whether it still starts.
    HELD = "held"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Audience(enum.StrEnum):
    """Who is mailed: a press list ahead of the embargo, everybody, or who got the release it corrects."""

    EARLY = "early"
    PUBLIC = "public"
    CORRECTION = "correction"


OVER = frozenset({AnnouncementState.FINISHED, AnnouncementState.CANCELLED})
"""States that nothing leads out of."""


class Announcement(Numbered, Dated, Base):
    """One release being mailed to the confirmed subscribers of its topics.

    A release may have several, one after another: early to a press list, public, and later to the new
    readers. Nobody is mailed one release twice: freezing leaves out who has a delivery of it already.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint(
            "approver_id IS NULL OR approver_id <> author_id OR break_glass_reason IS NOT NULL",
            name="two_people",
        ),
        CheckConstraint("state <> 'scheduled' OR start_at IS NOT NULL", name="scheduled"),
        CheckConstraint("rate IS NULL OR rate > 0", name="rate"),
        CheckConstraint(
            "state IN ('in review', 'cancelled') OR approver_id IS NOT NULL", name="approved"
        ),
        # One release has at most one announcement to an audience that is not over: two clicks, or two
        # people, cannot send it twice.
        Index(
            "uq_announcement_open",
            "release_id",
            "audience",
            unique=True,
            postgresql_where="state NOT IN ('finished', 'cancelled')",
        ),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="RESTRICT"))
    state: Mapped[AnnouncementState] = mapped_column(Word(AnnouncementState))
    #: The hash of exactly what is to be sent, to whom; what is approved is this and nothing else.
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    approved_at: Mapped[datetime | None]
    #: Why one person did the work of two; audited, and told to the others.
    break_glass_reason: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(
        Word(Audience), default=Audience.PUBLIC, server_default="public"
    )
    #: Only readers of these languages; None for all.
    languages: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    #: Whether who has no version in their language gets the next in the fallback order.
    fallback: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    #: When it starts by itself, and the time zone (IANA name) in which people said so.
    start_at: Mapped[datetime | None]
    zone: Mapped[str] = mapped_column(Text, default="UTC", server_default="UTC")
    #: Mails a second at most, all workers together; None for as fast as the relay takes them.
    rate: Mapped[float | None] = mapped_column(Double)
    #: Whether a refusal by policy (5.7.x) is final for that reader: else it pauses the announcement.
    goes_on: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    started_at: Mapped[datetime | None]
    #: When nothing was left to send, or it was cancelled.
    finished_at: Mapped[datetime | None]
    #: The audience is every reachable subscriber up to this one, fixed when it starts.
    last_subscriber_id: Mapped[int | None]
    #: How far the audience has been frozen into deliveries; it moves with the rows it produced.
    frozen_to: Mapped[int] = mapped_column(default=0, server_default="0")
    #: How many deliveries the audience came to.
    recipients: Mapped[int] = mapped_column(default=0, server_default="0")

    release: Mapped[Release] = relationship()
    topics: Mapped[list[Topic]] = relationship(
        secondary="announcement_topic", order_by=Topic.position
    )
    events: Mapped[list["AnnouncementEvent"]] = relationship(order_by="AnnouncementEvent.id")


class AnnouncementTopic(Base):
    """One topic whose subscribers are the announcement's audience."""

    __tablename__ = "announcement_topic"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcement.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="RESTRICT"), primary_key=True
    )


class AnnouncementEvent(Numbered, Base):
    """A step in an announcement's life: who, when, from which state to which, and why."""

    __tablename__ = "announcement_event"
    __table_args__ = (Index("ix_announcement_event_announcement_id", "announcement_id", "id"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    #: None where the system itself acted.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    state_before: Mapped[str | None] = mapped_column(Text)
    state_after: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Whether staff must hear of it by mail, and when they were told.
    tell: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    told_at: Mapped[datetime | None]


class AnnouncementReport(Base):
    """The close-out report as it stood when the announcement was over; the audit chain holds its digest."""

    __tablename__ = "announcement_report"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcement.id", ondelete="RESTRICT"), primary_key=True
    )
    made_at: Mapped[datetime]
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: SHA-256 over the document as canonical JSON.
    digest: Mapped[bytes] = mapped_column(LargeBinary)
