"""Tables: what the organisation publishes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Dated, Numbered
from mailer.models.subscribers import Topic


class Release(Numbered, Dated, Base):
    """A press release: its topics, and one version of it for each language."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(Text)
    #: When it became readable at /releases/<slug>; nobody but staff sees it before.
    published_at: Mapped[datetime | None]
    #: Rises with each change of its content, so that two editors cannot overwrite each other unseen.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    topics: Mapped[list[Topic]] = relationship(secondary="release_topic", order_by=Topic.position)
    versions: Mapped[list["ReleaseVersion"]] = relationship(
        back_populates="release", order_by="ReleaseVersion.id", cascade="all, delete-orphan"
    )


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
