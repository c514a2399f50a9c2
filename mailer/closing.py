"""Closing: the close-out report of an announcement that is over, computed from its rows and kept for good.

It names no address and no subscriber. Its SHA-256 goes into the staff's audit chain in the transaction that
keeps it, so that whoever changes a row, the report or the chain is found out (`mailer.proving`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from mailer import cases, progress, tallies
from mailer.cases import Kind
from mailer.models.announcements import (
    OVER,
    Announcement,
    AnnouncementEvent,
    AnnouncementReport,
    AnnouncementState,
)
from mailer.models.deliveries import Batch, DeliveryState

FORMAT: Final = 1
"""The shape of the document; another shape gets another number."""
ACT: Final = "announcement.close"
"""What the audit chain calls it."""

Document = Mapping[str, Any]


def over(session: Session) -> Sequence[int]:
    """Return the ids of announcements that are over, with every batch closed, and have no report yet."""
    left = select(Batch.id).where(
        Batch.announcement_id == Announcement.id, Batch.closed_at.is_(None)
    )
    kept = select(AnnouncementReport).where(AnnouncementReport.announcement_id == Announcement.id)
    return session.scalars(
        select(Announcement.id)
        .where(Announcement.state.in_(OVER), ~left.exists(), ~kept.exists())
        .order_by(Announcement.id)
    ).all()


def close(session: Session, announcement_id: int, *, now: datetime) -> bytes | None:
    """Keep the report of an announcement that is `over`; return its digest, None where one is kept already.

    The caller puts the digest into the audit chain in the same transaction.
    """
    document = compute(session, session.get_one(Announcement, announcement_id))
    report = {
        "announcement_id": announcement_id,
        "made_at": now,
        "document": document,
        "digest": digest(document),
    }
    # Two workers may compute it at once; the second waits here for the first, and keeps nothing.
    keep = insert(AnnouncementReport).values(report).on_conflict_do_nothing()
    return session.scalar(keep.returning(AnnouncementReport.digest))


def kept(session: Session, announcement_id: int) -> AnnouncementReport | None:
    """Return the report of an announcement, None while it has none."""
    return session.get(AnnouncementReport, announcement_id)


def compute(session: Session, announcement: Announcement) -> Document:
    """Compute the report from rows alone, as JSON values: the same rows are the same document."""
    equation = _equation(session, announcement)
    providers = tallies.by_provider(session, announcement.id)
    return {
        "format": FORMAT,
        "announcement": announcement.id,
        "release": announcement.release.slug,
        "audience": announcement.audience.value,
        "state": announcement.state.value,
        "content": announcement.content_hash.hex(),
        "author": announcement.author_id,
        "approver": announcement.approver_id,
        "break_glass": announcement.break_glass_reason is not None,
        "times": _times(session, announcement, accepted=equation["accepted"]),
        "equation": equation,
        "answers": tallies.answers(list(providers.values())),
        "providers": providers,
        "skipped": tallies.by_reason(session, announcement.id, DeliveryState.SKIPPED),
        "refused": tallies.by_reason(session, announcement.id, DeliveryState.REFUSED)
        | _listed(session, announcement.id, Kind.REFUSED),
        "uncertain": _listed(session, announcement.id, Kind.UNCERTAIN),
        "perhaps_twice": _listed(session, announcement.id, Kind.PERHAPS_TWICE),
        "ledger": tallies.ledger_digest(session, announcement.id).hex(),
    }


def canonical(document: Document) -> bytes:
    """Return a document as the bytes its digest is over: JSON, keys sorted, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(document: Document) -> bytes:
    """Return the SHA-256 of a document."""
    return hashlib.sha256(canonical(document)).digest()


def subject(announcement_id: int) -> str:
    """Return how the audit chain names an announcement."""
    return f"announcement {announcement_id}"


def detail(digest: bytes) -> str:
    """Return how the audit chain names a report."""
    return f"report sha256:{digest.hex()}"


def _equation(session: Session, announcement: Announcement) -> dict[str, Any]:
    counted = progress.of(session, announcement)
    closing = (
        DeliveryState.ACCEPTED,
        DeliveryState.REFUSED,
        DeliveryState.SKIPPED,
        DeliveryState.UNCERTAIN,
    )
    return {
        "recipients": counted.recipients,
        **{state.value: counted.counts[state] for state in closing},
        "sum": counted.settled,
        "holds": counted.closes,
    }


def _times(session: Session, announcement: Announcement, *, accepted: int) -> dict[str, Any]:
    started, finished = announcement.started_at, announcement.finished_at
    sending = _sending(session, announcement.id).total_seconds()
    return {
        "approved": _said(announcement.approved_at),
        "started": _said(started),
        "finished": _said(finished),
        "seconds": round((finished - started).total_seconds(), 3) if started and finished else None,
        "sending_seconds": round(sending, 3),
        "mails_a_second": round(accepted / sending, 1) if sending else None,
    }


def _sending(session: Session, announcement_id: int) -> timedelta:
    """Return how long it was in the state 'sending': without preparing and without pauses."""
    steps = session.execute(
        select(AnnouncementEvent.at, AnnouncementEvent.state_after)
        .where(AnnouncementEvent.announcement_id == announcement_id)
        .order_by(AnnouncementEvent.id)
    ).all()
    spans = (
        later.at - step.at
        for step, later in pairwise(steps)
        if step.state_after == AnnouncementState.SENDING
    )
    # Hosts whose clocks differ may write a later step with an earlier time.
    return max(timedelta(), sum(spans, timedelta()))


def _listed(session: Session, announcement_id: int, kind: Kind) -> dict[str, Any]:
    found = cases.of(session, announcement_id, kind, limit=limits.REPORT_IDS)
    more = cases.count(session, announcement_id, kind) - len(found)
    return {"deliveries": [case.as_json() for case in found], "more": more}


def _said(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
