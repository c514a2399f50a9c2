"""Epochs: the heartbeat that tells a living database from a restored copy of it.

Each sweep raises one number in the database. Whoever has seen a higher one (in this process, or in the file
that this host keeps) looks at a copy restored from a backup: what it holds as waiting may have been sent
long ago. Such a copy is marked, by a number below zero, and sends nothing on any host until a person trusts
it. A beat older than an hour proves nothing, because machines sleep: what waited is set aside once, for
people to judge, and life goes on.
"""

import os
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import event, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from mailer import control, schedules
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Delivery, Epoch

FILE: Final = "epoch"
"""The file in the state folder that holds the highest number this host has seen."""
RESTORED: Final = (
    "This database looks like a copy restored from a backup: some readers may have their mail already. "
    "Nothing is sent until somebody says 'flask announcements trust-database'."
)
ASLEEP: Final = (
    "No sweep came by for over an hour. If this database was restored from a backup, some readers may have "
    "their mail already."
)
OUTBOX_REASON: Final = "waited while the database slept or was restored: perhaps sent before"

_seen: dict[Path, int] = {}
"""The highest number that this process has seen, by state folder."""


def beat(session: Session, *, folder: Path, now: datetime) -> bool:
    """Raise the number, unless this is a restored copy; return whether mail may leave.

    The file under `folder` is written once the caller has committed.
    """
    if not check(session, folder=folder, now=now):
        return False
    _raise_number(session, folder=folder, now=now)
    return True


def check(session: Session, *, folder: Path, now: datetime) -> bool:
    """Return whether mail may leave: one short SELECT; where it may not, what was under way is set aside."""
    row = session.execute(select(Epoch.number, Epoch.beat_at)).one_or_none()
    if row is not None and row.number < 0:
        return False
    number = row.number if row else 0
    if number < highest(folder) and (row or session.scalar(select(exists(select(Delivery.id))))):
        _mark(session, folder=folder, now=now)
        return False
    if row and now - row.beat_at > timedelta(seconds=limits.EPOCH_SECONDS):
        _wake(session, folder=folder, now=now)
    elif row:
        _remember(folder, number)
    return True


def since(session: Session) -> int:
    """Return the number at which this database was last trusted: older journals speak of another one."""
    return session.scalar(select(Epoch.since)) or 0


def is_restored(session: Session) -> bool:
    """Tell whether this database is marked as a restored copy, from which nothing is sent."""
    return session.scalar(select(Epoch.id).where(Epoch.number < 0)) is not None


def trust(session: Session, *, folder: Path, now: datetime) -> None:
    """Take a restored copy for the database from here on: a person has said so."""
    _raise_number(session, folder=folder, now=now)
    epoch = _locked(session, now=now)
    epoch.since = epoch.number


def restored(session: Session, *, note: str, now: datetime, until: datetime | None = None) -> None:
    """Set aside what was under way, with staff told: announcements stop, single mails become uncertain.

    Of single mails, those that were queued at `until` or before; None for all.
    """
    under_way = (
        AnnouncementState.PREPARING,
        AnnouncementState.SENDING,
        AnnouncementState.SCHEDULED,
    )
    found = select(Announcement).where(Announcement.state.in_(under_way)).order_by(Announcement.id)
    for announcement in session.scalars(found.with_for_update()).all():
        if announcement.state is AnnouncementState.SCHEDULED:
            schedules.hold(session, announcement, note=note, now=now)
        else:
            control.pause(session, announcement, staff_id=None, note=note, now=now, tell=True)
    session.execute(_DOUBT_OUTBOX, {"reason": OUTBOX_REASON, "now": now, "until": until})


def highest(folder: Path) -> int:
    """Return the highest number this process or this host has seen, 0 where there is none."""
    with suppress(OSError, ValueError):
        _seen[folder] = max(_seen.get(folder, 0), int((folder / FILE).read_text(encoding="ascii")))
    return _seen.get(folder, 0)


_DOUBT_OUTBOX: Final = text("""
    WITH closed AS (
        UPDATE batch SET holder = NULL, leased_until = NULL, closed_at = :now,
                         window_first_id = NULL, window_last_id = NULL, window_at = NULL
         WHERE announcement_id IS NULL AND closed_at IS NULL
           AND (CAST(:until AS timestamptz) IS NULL OR created_at <= :until)
        RETURNING first_delivery_id, last_delivery_id)
    UPDATE delivery SET state = 'uncertain', doubts = doubts + 1, reason = :reason, settled_at = :now
      FROM closed
     WHERE delivery.id BETWEEN first_delivery_id AND last_delivery_id
       AND delivery.announcement_id IS NULL AND state IN ('queued', 'deferred')
""")


def _mark(session: Session, *, folder: Path, now: datetime) -> None:
    epoch = _locked(session, now=now)
    if 0 <= epoch.number < highest(folder):
        epoch.number = -max(epoch.number, 1)
        restored(session, note=RESTORED, now=now)


def _wake(session: Session, *, folder: Path, now: datetime) -> None:
    epoch = _locked(session, now=now)
    # Several find it at once; the first one has set aside what waited.
    if now - epoch.beat_at > timedelta(seconds=limits.EPOCH_SECONDS):
        # No backup from before the last beat holds a mail queued after it: that one was never sent.
        until = epoch.beat_at + timedelta(seconds=limits.EPOCH_SLACK_SECONDS)
        restored(session, note=ASLEEP, now=now, until=until)
        _raise_number(session, folder=folder, now=now)


def _locked(session: Session, *, now: datetime) -> Epoch:
    first = insert(Epoch).values(id=1, number=0, beat_at=now)
    session.execute(first.on_conflict_do_nothing())
    found = select(Epoch).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one()


def _raise_number(session: Session, *, folder: Path, now: datetime) -> None:
    epoch = _locked(session, now=now)
    # Seconds, so that a trusted copy is ahead of whatever any host has seen of the lost original.
    epoch.number = max(abs(epoch.number), highest(folder), int(now.timestamp())) + 1
    epoch.beat_at = now
    number = epoch.number
    event.listen(session, "after_commit", lambda _: _remember(folder, number), once=True)


def _remember(folder: Path, number: int) -> None:
    """Keep a number that was committed, where it is the highest; a host that cannot write it still sends."""
    if number <= highest(folder):
        return
    _seen[folder] = number
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{FILE}.{os.getpid()}"
        fresh.write_text(f"{number}\n", encoding="ascii")
        fresh.replace(folder / FILE)
