"""The imports that were begun: which file with which wishes, and how far each came."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from mailer.models.transfers import SubscriberImport

_LOCK_BYTES: Final = 8


class ImportOvertaken(Exception):
    """Another process imports the same file at this moment; wait for it to end."""


class AskedAlready(Exception):
    """Everybody in the file was asked by an earlier import; who did not answer is not asked twice."""


@dataclass(frozen=True)
class Source:
    """The file of an import, by name and SHA-256, and the wishes that make it this import."""

    name: str
    digest: bytes
    wishes: dict[str, Any]
    reconfirm: bool


@dataclass
class Progress:
    """How far an import is, in rows of the file; `added` counts those asked, where people are asked."""

    import_id: int
    since: datetime
    rows: int = 0
    added: int = 0
    updated: int = 0
    refused: int = 0

    @property
    def unchanged(self) -> int:
        """Rows that the list had already."""
        return self.rows - self.added - self.updated - self.refused

    @property
    def source(self) -> str:
        """What consent events and requests say of where they come from."""
        return f"import {self.import_id}"


def digest(stream: BinaryIO) -> bytes:
    """Return the SHA-256 of the whole file, and go back to its start."""
    found = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type] # any open file
    stream.seek(0)
    return found


def lock(session: Session, source: Source) -> None:
    """Keep other runs over this file out until the transaction ends; raise ImportOvertaken."""
    key = int.from_bytes(source.digest[:_LOCK_BYTES], signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(key))):
        raise ImportOvertaken("This file is being imported by another process; wait for its end.")


def begin(session: Session, source: Source, *, now: datetime) -> Progress:
    """Go on with an unfinished import of this file and these wishes, or make one; raise AskedAlready."""
    last = _last(session, source)
    if last is not None and last.finished_at is None:
        return Progress(
            last.id, last.created_at, last.rows_done, last.added, last.updated, last.refused
        )
    if last is not None and source.reconfirm:
        raise AskedAlready(
            f"Everybody in this file was asked by import {last.id} on {last.created_at:%d %B %Y}; "
            "who did not answer is not asked twice."
        )
    made = SubscriberImport(
        file_name=source.name,
        file_hash=source.digest,
        mapping=source.wishes,
        reconfirm=source.reconfirm,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return Progress(made.id, made.created_at)


def note(session: Session, progress: Progress, *, before: int) -> None:
    """Note how far an import is; raise ImportOvertaken where somebody else has come further."""
    noted = session.execute(
        update(SubscriberImport)
        .where(SubscriberImport.id == progress.import_id, SubscriberImport.rows_done == before)
        .values(
            rows_done=progress.rows,
            added=progress.added,
            updated=progress.updated,
            refused=progress.refused,
        )
        .returning(SubscriberImport.id)
    ).first()
    if noted is None:
        raise ImportOvertaken("This file is being imported by another process; wait for its end.")


def finish(session: Session, progress: Progress, *, now: datetime) -> None:
    """Note that every row of the file is dealt with."""
    session.execute(
        update(SubscriberImport)
        .where(SubscriberImport.id == progress.import_id)
        .values(finished_at=now)
    )
    # Autovacuum looks only after a minute. An announcement that starts before would be frozen by a plan
    # for the few readers there were: a hundred times slower.
    session.execute(text("ANALYZE subscriber, subscriber_topic"))


def _last(session: Session, source: Source) -> SubscriberImport | None:
    same = select(SubscriberImport).where(
        SubscriberImport.file_hash == source.digest,
        SubscriberImport.mapping == source.wishes,
        SubscriberImport.reconfirm == source.reconfirm,
    )
    return session.scalars(same.order_by(SubscriberImport.id.desc()).limit(1)).first()
