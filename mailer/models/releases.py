"""Tables: what the organisation publishes."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered
from db.types import Word
from mailer.models.subscribers import Topic


class Amends(enum.StrEnum):
    """How a release speaks of the earlier one that it is tied to."""

    CORRECTION = "correction"
    RETRACTION = "retraction"


class Release(Numbered, Dated, Base):
    """A press release: its topics, and one version of it for each language."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("(amends IS NULL) = (amended_id IS NULL)", name="amends"),
        CheckConstraint("amended_id <> id", name="amends_another"),
        Index("ix_release_amended_id", "amended_id"),
    )

    slug: Mapped[str] = mapped_column(Text)
    #: From when it is readable at /releases/<slug>, in the feed and the API; nobody but staff sees it before.
    published_at: Mapped[datetime | None]
    #: Nobody but the press list is told before this, and the time zone (IANA name) in which it was said.
    embargo_until: Mapped[datetime | None]
    embargo_zone: Mapped[str] = mapped_column(Text, default="UTC", server_default="UTC")
    #: The release that this one corrects or takes back.
    amends: Mapped[Amends | None] = mapped_column(Word(Amends))
    amended_id: Mapped[int | None] = mapped_column(ForeignKey("release.id", ondelete="RESTRICT"))
    #: Rises with each change of its content, so that two editors cannot overwrite each other unseen.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    topics: Mapped[list[Topic]] = relationship(secondary="release_topic", order_by=Topic.position)
    versions: Mapped[list["ReleaseVersion"]] = relationship(
        back_populates="release", order_by="ReleaseVersion.id", cascade="all, delete-orphan"
    )
    attachments: Mapped[list["Attachment"]] = relationship(
        order_by="Attachment.id", cascade="all, delete-orphan"
    )
    amended: Mapped["Release | None"] = relationship(remote_side="Release.id")


class ReleaseTopic(Base):
    """One topic that a release is announced to."""

    __tablename__ = "release_topic"

    release_id: Mapped[int] = mapped_column(
        ForeignKey("release.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="RESTRICT"), primary_key=True
    )


class ReleaseVersion(Numbered, Dated, Base):
    """One language version of a release; `mailer.parts.Parts` is the same as a plain value."""

    __tablename__ = "release_version"
    __table_args__ = (UniqueConstraint("release_id", "language"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(Text)
    headline: Mapped[str] = mapped_column(Text)
    subhead: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    day: Mapped[date | None]
    #: Markdown.
    body: Mapped[str] = mapped_column(Text)
    #: A list of objects with name, email and telephone.
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    #: Markdown.
    boilerplate: Mapped[str] = mapped_column(Text)
    postal_address: Mapped[str] = mapped_column(Text)
    #: SHA-256 over every part; an approval names it.
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)

    release: Mapped[Release] = relationship(back_populates="versions")


class Attachment(Numbered, Dated, Base):
    """A file that belongs to a release: small PDFs travel with the mail, all else is a link in it."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("release_id", "name"),)

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"))
    #: The version it goes with; None for every version.
    language: Mapped[str | None] = mapped_column(Text)
    #: The file's name as readers see it.
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    #: Bytes.
    size: Mapped[int]
    #: SHA-256 of the content; an approval names it.
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: Loaded only where it is wanted: a list of releases must not carry their files.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
