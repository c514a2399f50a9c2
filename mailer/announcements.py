"""Announcements: found, locked, and moved by the table of `mailer.lifecycle`, each step written down.

1. `proposals.propose` binds the announcement to a hash of all that it says, and to whom.
2. `approvals.approve` refuses the author, an unread version, and content that no longer has that hash.
3. `schedules.start`, by hand or at its hour, fixes who may be in the audience and publishes the release.
4. `audience.freeze` turns the audience into deliveries, chunk by chunk; it may be killed and run again.
5. `control` pauses, resumes, slows and cancels it, and finishes it when every delivery is final.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import lifecycle
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement, AnnouncementEvent, AnnouncementState
from mailer.models.releases import Release


class AnnouncementRefused(Exception):
    """An act on an announcement is not allowed; the message says why and what to do."""


def get(session: Session, announcement_id: int) -> Announcement | None:
    """Return an announcement by its id."""
    return session.get(Announcement, announcement_id)


def of_release(session: Session, release: Release) -> Announcement | None:
    """Return the newest announcement of a release that was not cancelled."""
    return session.scalar(
        select(Announcement)
        .where(
            Announcement.release_id == release.id,
            Announcement.state != AnnouncementState.CANCELLED,
        )
        .order_by(Announcement.id.desc())
        .limit(1)
    )


def every(session: Session, *, limit: int, offset: int = 0) -> Sequence[Announcement]:
    """Return announcements, newest first."""
    return session.scalars(
        select(Announcement).order_by(Announcement.id.desc()).limit(limit).offset(offset)
    ).all()


def preparing(session: Session) -> Sequence[int]:
    """Return the ids of announcements whose audience is being frozen."""
    return session.scalars(
        select(Announcement.id).where(Announcement.state == AnnouncementState.PREPARING)
    ).all()


def lock(session: Session, announcement: Announcement) -> None:
    """Read an announcement and its release anew, and hold both to the end of the transaction."""
    session.flush()  # a refresh throws away what was not flushed
    session.refresh(announcement, with_for_update=True)
    # Read anew and held: an edit that commits in between would go to readers unapproved.
    session.refresh(announcement.release, with_for_update=True)


def move(
    session: Session,
    announcement: Announcement,
    event: Event,
    *,
    now: datetime,
    staff_id: int | None = None,
    note: str = "",
    tell: bool = False,
) -> None:
    """Move an announcement as the table says, and write the step down; raise NotLawful.

    `tell` has staff told of it by mail.
    """
    before = announcement.state
    announcement.state = lifecycle.after(before, event)
    write_down(session, announcement, before, staff_id=staff_id, now=now, note=note, tell=tell)


def write_down(
    session: Session,
    announcement: Announcement,
    before: AnnouncementState | None,
    *,
    now: datetime,
    staff_id: int | None = None,
    note: str = "",
    tell: bool = False,
) -> None:
    """Add a step to the announcement's history: from the state before to the one it has."""
    session.add(
        AnnouncementEvent(
            announcement_id=announcement.id,
            at=now,
            staff_id=staff_id,
            state_before=before,
            state_after=announcement.state,
            note=note,
            tell=tell,
        )
    )
