"""What waits on the signed-in member's desk: approvals, running announcements, drafts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.releases import Release
from web import reports


@dataclass(frozen=True)
class Desk:
    """The rows of the console's first page, newest first."""

    to_approve: Sequence[Announcement]
    waiting: Sequence[Announcement]
    running: Sequence[reports.Report]
    drafts: Sequence[Release]
    headlines: dict[int, str]


def of(session: Session, *, staff_id: int, approver: bool) -> Desk:
    """Gather what waits; proposals this member may not approve are listed as waiting for others."""
    proposed = _in_states(session, frozenset({AnnouncementState.IN_REVIEW}))
    mine = [a for a in proposed if approver and a.author_id != staff_id]
    running = _in_states(session, reports.RUNNING)
    return Desk(
        to_approve=mine,
        waiting=[a for a in proposed if a not in mine],
        running=[reports.of(session, announcement) for announcement in running],
        drafts=_drafts(session),
        headlines={a.id: a.release.versions[0].headline for a in (*proposed, *running)},
    )


def _in_states(session: Session, states: frozenset[AnnouncementState]) -> Sequence[Announcement]:
    found = select(Announcement).where(Announcement.state.in_(states))
    return session.scalars(found.order_by(Announcement.id.desc()).limit(limits.DESK_ROWS)).all()


def _drafts(session: Session) -> Sequence[Release]:
    announced = select(Announcement.id).where(
        Announcement.release_id == Release.id, Announcement.state != AnnouncementState.CANCELLED
    )
    found = select(Release).where(Release.published_at.is_(None), ~announced.exists())
    return session.scalars(found.order_by(Release.id.desc()).limit(limits.DESK_ROWS)).all()
