"""What waits on the signed-in member's desk: decisions, approvals, running announcements, drafts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from mailer import epochs
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.releases import Release
from web import hours, reports


@dataclass(frozen=True)
class Desk:
    """The rows of the console's first page, newest first."""

    #: Whether nothing is sent until somebody trusts the database.
    restored: bool
    #: Held or paused, each with the sentence why: nothing happens until a person decides.
    stopped: Sequence[tuple[Announcement, reports.Report]]
    to_approve: Sequence[Announcement]
    #: Approved, and nobody has started it.
    to_start: Sequence[Announcement]
    #: The next to start by themselves, each with its hour in words.
    scheduled: Sequence[tuple[Announcement, str]]
    waiting: Sequence[Announcement]
    running: Sequence[reports.Report]
    drafts: Sequence[Release]
    headlines: dict[int, str]


def of(session: Session, *, staff_id: int, approver: bool) -> Desk:
    """Gather what waits; proposals this member may not approve are listed as waiting for others."""
    proposed = _in_states(session, frozenset({AnnouncementState.IN_REVIEW}))
    mine = [a for a in proposed if approver and a.author_id != staff_id]
    running = _in_states(session, reports.RUNNING)
    stopped = _in_states(session, frozenset({AnnouncementState.HELD, AnnouncementState.PAUSED}))
    approved = _in_states(session, frozenset({AnnouncementState.APPROVED}))
    scheduled = _scheduled(session)
    every = (*proposed, *running, *stopped, *approved, *scheduled)
    return Desk(
        restored=epochs.is_restored(session),
        stopped=[(each, reports.of(session, each)) for each in stopped],
        to_start=approved,
        scheduled=[
            (each, hours.said(at, each.zone)) for each in scheduled if (at := each.start_at)
        ],
        to_approve=mine,
        waiting=[a for a in proposed if a not in mine],
        running=[reports.of(session, announcement) for announcement in running],
        drafts=_drafts(session),
        headlines={a.id: a.release.versions[0].headline for a in every},
    )


def _in_states(session: Session, states: frozenset[AnnouncementState]) -> Sequence[Announcement]:
    found = select(Announcement).where(Announcement.state.in_(states))
    return session.scalars(found.order_by(Announcement.id.desc()).limit(limits.DESK_ROWS)).all()


def _scheduled(session: Session) -> Sequence[Announcement]:
    found = select(Announcement).where(Announcement.state == AnnouncementState.SCHEDULED)
    return session.scalars(found.order_by(Announcement.start_at).limit(limits.DESK_ROWS)).all()


def _drafts(session: Session) -> Sequence[Release]:
    announced = select(Announcement.id).where(
        Announcement.release_id == Release.id, Announcement.state != AnnouncementState.CANCELLED
    )
    found = select(Release).where(Release.published_at.is_(None), ~announced.exists())
    return session.scalars(found.order_by(Release.id.desc()).limit(limits.DESK_ROWS)).all()
