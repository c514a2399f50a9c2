"""Tables: lists that come in by file and go out by file."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Dated, Numbered


class SubscriberImport(Numbered, Dated, Base):
    """One import of a file, and how far it came: a crash resumes behind the last committed chunk."""

    __tablename__ = "subscriber_import"
    __table_args__ = (Index("ix_subscriber_import_file_hash", "file_hash"),)

    file_name: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the file: a changed file is another import.
    file_hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: Which column feeds which field, as it was found or given.
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: Each row is asked again by double opt-in, at a paced rate, instead of carrying its proof.
    reconfirm: Mapped[bool] = mapped_column(Boolean)
    #: Rows of the file that are dealt with, from the first.
    rows_done: Mapped[int] = mapped_column(default=0, server_default="0")
    added: Mapped[int] = mapped_column(default=0, server_default="0")
    updated: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    finished_at: Mapped[datetime | None]


class ExportRequest(Numbered, Dated, Base):
    """A wish to take the list out by file: one staff member asks, another approves, it is made once."""

    __tablename__ = "export_request"

    asked_by: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    format: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    approved_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]


class RetentionRun(Numbered, Base):
    """One run of the retention task: how many rows each rule took away."""

    __tablename__ = "retention_run"

    at: Mapped[datetime]
    taken: Mapped[dict[str, Any]] = mapped_column(JSONB)
