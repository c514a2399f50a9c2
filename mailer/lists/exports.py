"""Wishes for an export: one staff member asks, another approves, and the first fetches it once, soon.

`waiting -> approved -> fetched`, and `expired` by time from either of the first two.
"""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from mailer.lists.exporting import Format
from mailer.models.transfers import ExportRequest

_ASKED: Final = timedelta(seconds=limits.EXPORT_ASKED_SECONDS)
_FETCH: Final = timedelta(seconds=limits.EXPORT_FETCH_SECONDS)


class State(enum.StrEnum):
    """Where a wish for an export stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    FETCHED = "fetched"
    EXPIRED = "expired"


class ExportRefused(Exception):
    """The export is not made or not approved; the message says why and what to do."""


class NoReason(ExportRefused):
    """Nobody approves what nobody gave a reason for."""


def ask(
    session: Session, *, staff_id: int, kind: Format, reason: str, now: datetime
) -> ExportRequest:
    """Write down that a staff member wants the list; raise NoReason."""
    reason = " ".join(reason.split())[: limits.EXPORT_REASON_LENGTH]
    if not reason:
        raise NoReason("Say what the list is for: whoever approves it must know.")
    made = ExportRequest(asked_by=staff_id, format=kind.value, reason=reason, created_at=now)
    session.add(made)
    session.flush()
    return made


def state(request: ExportRequest, *, now: datetime) -> State:
    """Say where a wish stands at this moment."""
    if request.fetched_at is not None:
        return State.FETCHED
    if request.approved_at is None:
        return State.WAITING if now - request.created_at < _ASKED else State.EXPIRED
    return State.APPROVED if now - request.approved_at < _FETCH else State.EXPIRED


def get(session: Session, request_id: int, *, lock: bool = False) -> ExportRequest | None:
    """Return a wish by its number, held until the transaction ends where it is to be changed."""
    return session.get(ExportRequest, request_id, with_for_update=True if lock else None)


def refuse_approval(request: ExportRequest, *, staff_id: int, now: datetime) -> None:
    """Raise ExportRefused where this person may not approve it, or not any more."""
    found = state(request, now=now)
    if found is not State.WAITING:
        raise ExportRefused(f"This export does not wait for an approval any more: it is {found}.")
    if request.asked_by == staff_id:
        raise ExportRefused("You asked for this export; somebody else must approve it.")


def approve(request: ExportRequest, *, staff_id: int, now: datetime) -> None:
    """Approve a wish that `get` holds; raise ExportRefused."""
    refuse_approval(request, staff_id=staff_id, now=now)
    request.approved_by, request.approved_at = staff_id, now


def fetch(request: ExportRequest, *, staff_id: int, now: datetime) -> Format:
    """Use up an approved wish that `get` holds, and return the format to write; raise ExportRefused."""
    if request.asked_by != staff_id:
        raise ExportRefused("Only the person who asked for this export can fetch it.")
    found = state(request, now=now)
    if found is not State.APPROVED:
        raise ExportRefused(_NOT_NOW[found])
    request.fetched_at = now
    return Format(request.format)


def total(session: Session) -> int:
    """Count the wishes there ever were."""
    return session.scalar(select(func.count()).select_from(ExportRequest)) or 0


def every(session: Session, *, limit: int, offset: int = 0) -> Sequence[ExportRequest]:
    """Return the wishes, newest first."""
    newest = select(ExportRequest).order_by(ExportRequest.id.desc())
    return session.scalars(newest.limit(limit).offset(offset)).all()


_NOT_NOW: Final = {
    State.WAITING: "Nobody has approved this export yet.",
    State.FETCHED: "This export was fetched already; each is made once. Ask for another one.",
    State.EXPIRED: "This export was not fetched in time. Ask for another one.",
}
