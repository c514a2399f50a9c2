"""Starting: by hand, or by itself at an hour that people said in their own time zone."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from config import limits
from mailer import announcements, approvals, audience, lifecycle, releases, zones
from mailer.announcements import AnnouncementRefused
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement, AnnouncementState, Audience
from mailer.models.subscribers import Subscriber


class UnderEmbargo(AnnouncementRefused):
    """Nobody but a press list is told before the embargo lifts."""


class StillSending(AnnouncementRefused):
    """A correction goes to those who got the release it corrects, so that one must be over first."""


class BadSchedule(AnnouncementRefused):
    """It cannot start at that time; the message says why and what to do."""


def schedule(
    session: Session,
    announcement: Announcement,
    *,
    start_at: datetime,
    zone: str,
    staff_id: int,
    now: datetime,
) -> None:
    """Have it start by itself at an instant that people said in a zone (IANA name).

    Its release becomes readable at that second. Raise BadSchedule, UnderEmbargo, approvals.ContentChanged
    or lifecycle.NotLawful.
    """
    announcements.lock(session, announcement)
    _refuse_unknown(zone)
    when = zones.said(start_at, zone)
    if start_at <= now:
        raise BadSchedule(f"{when} is over; choose a time to come, or start it now.")
    approvals.refuse_if_changed(announcement)
    _refuse_embargoed(announcement, at=start_at)
    announcements.move(session, announcement, Event.SCHEDULE, staff_id=staff_id, now=now, note=when)
    _withdraw(announcement)
    announcement.start_at, announcement.zone = start_at, zone
    if _publishes(announcement) and announcement.release.published_at is None:
        announcement.release.published_at = start_at


def unschedule(
    session: Session, announcement: Announcement, *, staff_id: int, now: datetime
) -> None:
    """Take its schedule back; it stays approved. Raise lifecycle.NotLawful."""
    announcements.lock(session, announcement)
    announcements.move(session, announcement, Event.UNSCHEDULE, staff_id=staff_id, now=now)
    forget(announcement)


def start(
    session: Session, announcement: Announcement, *, staff_id: int | None, now: datetime
) -> None:
    """Fix the audience's upper end and publish the release; None for `staff_id` where its hour came.

    Raise UnderEmbargo, StillSending, audience.NobodyToMail, approvals.ContentChanged or
    lifecycle.NotLawful.
    """
    announcements.lock(session, announcement)
    # First of all: what cannot start must not have a million readers counted.
    lifecycle.after(announcement.state, Event.START)
    approvals.refuse_if_changed(announcement)
    _refuse_embargoed(announcement, at=now)
    _refuse_unfinished(session, announcement)
    audience.refuse_nobody(session, announcement)
    announcements.move(session, announcement, Event.START, staff_id=staff_id, now=now)
    announcement.started_at = now
    announcement.last_subscriber_id = session.scalar(select(func.max(Subscriber.id))) or 0
    release = announcement.release
    if _publishes(announcement) and not releases.is_public(release, now=now):
        release.published_at = now


def start_due(session: Session, *, now: datetime) -> list[int]:
    """Start what is due and return the ids; what is too late or cannot start is held, and staff are told."""
    due = session.scalars(
        select(Announcement)
        .where(Announcement.state == AnnouncementState.SCHEDULED, Announcement.start_at <= now)
        .order_by(Announcement.start_at, Announcement.id)
        .with_for_update(skip_locked=True)
    ).all()
    return [announcement.id for announcement in due if _started(session, announcement, now=now)]


def hold(session: Session, announcement: Announcement, *, note: str, now: datetime) -> None:
    """Keep what was scheduled from starting by itself, and have staff told why; raise lifecycle.NotLawful."""
    announcements.lock(session, announcement)
    announcements.move(session, announcement, Event.OVERDUE, now=now, note=note, tell=True)
    if announcement.start_at is not None and announcement.start_at > now:
        _withdraw(announcement)


def forget(announcement: Announcement) -> None:
    """Forget the hour of an announcement that has not started, and the publication it would have brought."""
    if announcement.started_at is None:
        _withdraw(announcement)
        announcement.start_at = None


def _started(session: Session, announcement: Announcement, *, now: datetime) -> bool:
    try:
        _refuse_late(announcement, now=now)
        start(session, announcement, staff_id=None, now=now)
    except AnnouncementRefused as refused:
        hold(session, announcement, note=str(refused), now=now)
        return False
    return True


def _refuse_late(announcement: Announcement, *, now: datetime) -> None:
    at = announcement.start_at
    if at is not None and now - at > timedelta(seconds=limits.SCHEDULE_LATE_SECONDS):
        when = zones.said(at, announcement.zone)
        raise BadSchedule(
            f"It should have started on {when} and did not: start it by hand, choose another time, or "
            "cancel it."
        )


def _refuse_embargoed(announcement: Announcement, *, at: datetime) -> None:
    release = announcement.release
    until = release.embargo_until
    if _publishes(announcement) and until is not None and at < until:
        lifts = zones.said(until, release.embargo_zone)
        raise UnderEmbargo(
            f"This release is under embargo until {lifts}: only a press list is told before. "
            "Schedule it for then or later."
        )


def _refuse_unfinished(session: Session, announcement: Announcement) -> None:
    if announcement.audience is not Audience.CORRECTION:
        return
    amended = announcement.release.amended_id
    under_way = (
        AnnouncementState.PREPARING,
        AnnouncementState.SENDING,
        AnnouncementState.PAUSED,
    )
    running = exists().where(Announcement.release_id == amended, Announcement.state.in_(under_way))
    if session.scalar(select(running)):
        raise StillSending(
            "The release it corrects is still being sent: cancel or finish that first."
        )


def _publishes(announcement: Announcement) -> bool:
    """Tell whether its start makes the release public: a press list's does not."""
    return announcement.audience is not Audience.EARLY


def _withdraw(announcement: Announcement) -> None:
    """Take back the publication that its schedule brought, and no other."""
    if announcement.start_at is not None and (
        announcement.release.published_at == announcement.start_at
    ):
        announcement.release.published_at = None


def _refuse_unknown(zone: str) -> None:
    try:
        zones.zone(zone)
    except zones.BadTime as bad:
        raise BadSchedule(str(bad)) from None
