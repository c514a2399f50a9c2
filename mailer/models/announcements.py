"""Tables: a release being mailed to an audience, with its approval and its progress."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered
from db.types import Word
from mailer.models.releases import Release
from mailer.models.subscribers import Topic


class AnnouncementState(enum.StrEnum):
    """Where an announcement stands; `mailer.lifecycle` says which move is lawful."""

    IN_REVIEW = "in review"
    APPROVED = "approved"
    PREPARING = "preparing"
    SENDING = "sending"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Announcement(Numbered, Dated, Base):
    """One release being mailed to the confirmed subscribers of its topics."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("approver_id IS NULL OR approver_id <> author_id", name="two_people"),
        CheckConstraint(
            "state IN ('in review', 'cancelled') OR approver_id IS NOT NULL", name="approved"
        ),
        # One release has at most one announcement that has not ended: two clicks cannot send it twice.
        Index(
            "uq_announcement_open",
            "release_id",
            unique=True,
            postgresql_where="state <> 'cancelled'",
        ),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="RESTRICT"))
    state: Mapped[AnnouncementState] = mapped_column(Word(AnnouncementState))
    #: The hash of exactly what is to be sent, to whom; what is approved is this and nothing else.
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    approved_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
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
