"""Caps: how much of one kind a key may have in a time, counted by the database so that no flush forgets.

A period begins with the first of its kind and key, so that two a day cannot be had around midnight. The
caller holds one lock for all of them (`hold`), which makes counting free of races without one for each key.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from config import limits
from mailer.models.requests import Cap


@dataclass(frozen=True, slots=True)
class Limit:
    """How many of a kind one key may have in a period."""

    kind: str
    count: int
    period: timedelta


ADDRESS: Final = Limit("address", limits.ASKED_PER_ADDRESS, timedelta(days=1))
UNANSWERED: Final = Limit("unanswered", limits.ASKED_WITHOUT_ANSWER, timedelta(days=30))
NETWORK: Final = Limit("network", limits.ASKED_PER_NETWORK, timedelta(hours=1))
DOMAIN: Final = Limit("domain", limits.ASKED_PER_DOMAIN, timedelta(hours=1))
LARGE_DOMAIN: Final = Limit("domain", limits.ASKED_PER_LARGE_DOMAIN, timedelta(hours=1))
ALL: Final = Limit("all", limits.ASKED_IN_ALL, timedelta(hours=1))


_LOCK: Final = 5_106_811_502
"""The advisory lock under which caps are read and counted."""


def hold(session: Session) -> None:
    """Let nobody else count before this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def has_room(session: Session, limit: Limit, key: bytes, *, now: datetime) -> bool:
    """Tell whether one more is allowed; count nothing."""
    cap = _current(session, limit, key, now)
    return cap is None or cap.count < limit.count


def count(session: Session, limit: Limit, key: bytes, *, now: datetime) -> None:
    """Count one more."""
    cap = _current(session, limit, key, now)
    if cap is None:
        session.add(Cap(kind=limit.kind, key=key, period_end=now + limit.period, count=1))
    else:
        cap.count += 1


def forget(session: Session, limit: Limit, key: bytes) -> None:
    """Begin anew for a key, as when a person answered."""
    session.execute(delete(Cap).where(Cap.kind == limit.kind, Cap.key == key))


def _current(session: Session, limit: Limit, key: bytes, now: datetime) -> Cap | None:
    return session.scalar(
        select(Cap)
        .where(Cap.kind == limit.kind, Cap.key == key, Cap.period_end > now)
        .order_by(Cap.period_end.desc())
        .limit(1)
    )
