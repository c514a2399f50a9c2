"""Announcements: one person proposes, another approves exactly that, and an audience is frozen for it.

1. `propose` binds the announcement to a hash of every version and topic.
2. `approve` refuses the author, and refuses content that no longer has that hash.
3. `start` fixes who may be in the audience and publishes the release.
4. `freeze` turns the audience into deliveries, chunk by chunk; it may be killed and run again.
5. `finish` ends it when every delivery is final.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailer import lifecycle, releases
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement, AnnouncementEvent, AnnouncementState
from mailer.models.deliveries import Batch
from mailer.models.releases import Release
from mailer.models.subscribers import Subscriber


class AnnouncementRefused(Exception):
    """An act on an announcement is not allowed; the message says why and what to do."""


class SamePerson(AnnouncementRefused):
    """The author tried to approve their own announcement."""


class ContentChanged(AnnouncementRefused):
    """What was proposed or approved is no longer what would be sent."""


class AlreadyAnnounced(AnnouncementRefused):
    """The release has an announcement already."""


class NoTopics(AnnouncementRefused):
    """The release has no topic that is offered, so it has no audience."""


def propose(session: Session, release: Release, *, author_id: int, now: datetime) -> Announcement:
    """Propose to announce a release as it is now; raise AlreadyAnnounced or NoTopics."""
    session.refresh(release, with_for_update=True)
    if not release.topics:
        raise NoTopics("Choose at least one topic first: its subscribers are the audience.")
    if retired := [topic.name for topic in release.topics if topic.retired_at]:
        raise NoTopics(
            f"The topic {', '.join(retired)} is retired, and nobody is mailed for it any more. "
            "Edit the release and choose other topics."
        )
    if of_release(session, release) is not None:
        raise AlreadyAnnounced("This release has an announcement already; see its page.")
    announcement = Announcement(
        release_id=release.id,
        state=AnnouncementState.IN_REVIEW,
        content_hash=current_hash(release),
        author_id=author_id,
        topics=list(release.topics),
    )
    session.add(announcement)
    session.flush()  # its event names it by its number
    _tell(session, announcement, None, staff_id=author_id, now=now)
    return announcement


def approve(
    session: Session, announcement: Announcement, *, approver_id: int, now: datetime
) -> None:
    """Approve exactly what was proposed; raise SamePerson, ContentChanged or lifecycle.NotLawful."""
    _lock(session, announcement)
    if announcement.author_id == approver_id:
        raise SamePerson("You proposed this announcement; another staff member must approve it.")
    refuse_if_changed(announcement)
    announcement.approver_id, announcement.approved_at = approver_id, now
    _move(session, announcement, Event.APPROVE, staff_id=approver_id, now=now)


def start(session: Session, announcement: Announcement, *, staff_id: int, now: datetime) -> None:
    """Fix the audience's upper end and publish the release; raise ContentChanged or NotLawful."""
    _lock(session, announcement)
    refuse_if_changed(announcement)
    _move(session, announcement, Event.START, staff_id=staff_id, now=now)
    announcement.started_at = now
    announcement.last_subscriber_id = session.scalar(select(func.max(Subscriber.id))) or 0
    announcement.release.published_at = announcement.release.published_at or now


def cancel(
    session: Session, announcement: Announcement, *, staff_id: int | None, note: str, now: datetime
) -> None:
    """Take back an announcement that has not started; raise NotLawful."""
    _lock(session, announcement)
    _move(session, announcement, Event.CANCEL, staff_id=staff_id, note=note, now=now)


def mark_frozen(session: Session, announcement: Announcement, *, now: datetime) -> None:
    """Record that the whole audience is in the ledger: workers may claim from here on."""
    _move(session, announcement, Event.FROZEN, now=now)


def finish_drained(session: Session, *, now: datetime) -> list[int]:
    """Finish each announcement whose batches are all closed; return their ids."""
    left = select(Batch.id).where(
        Batch.announcement_id == Announcement.id, Batch.closed_at.is_(None)
    )
    drained = session.scalars(
        select(Announcement)
        .where(Announcement.state == AnnouncementState.SENDING, ~left.exists())
        .with_for_update(skip_locked=True)
    ).all()
    for announcement in drained:
        announcement.finished_at = now
        _move(session, announcement, Event.DRAINED, now=now)
    return [announcement.id for announcement in drained]


def get(session: Session, announcement_id: int) -> Announcement | None:
    """Return an announcement by its id."""
    return session.get(Announcement, announcement_id)


def of_release(session: Session, release: Release) -> Announcement | None:
    """Return the announcement of a release that was not cancelled."""
    return session.scalar(
        select(Announcement).where(
            Announcement.release_id == release.id,
            Announcement.state != AnnouncementState.CANCELLED,
        )
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


def current_hash(release: Release) -> bytes:
    """Return the hash of what would be sent now, and to which topics."""
    versions = [releases.parts(version) for version in release.versions]
    return releases.content_hash(versions, [topic.slug for topic in release.topics])


def refuse_if_changed(announcement: Announcement) -> None:
    """Raise ContentChanged where the release is no longer what the announcement was bound to."""
    if announcement.content_hash != current_hash(announcement.release):
        raise ContentChanged(
            "The release was changed after it was proposed. Cancel this announcement and propose anew."
        )


def _lock(session: Session, announcement: Announcement) -> None:
    session.flush()  # a refresh throws away what was not flushed
    session.refresh(announcement, with_for_update=True)
    # Read anew and held: an edit that commits in between would go to readers unapproved.
    session.refresh(announcement.release, with_for_update=True)


def _move(
    session: Session,
    announcement: Announcement,
    event: Event,
    *,
    now: datetime,
    staff_id: int | None = None,
    note: str = "",
) -> None:
    before = announcement.state
    announcement.state = lifecycle.after(before, event)
    _tell(session, announcement, before, staff_id=staff_id, now=now, note=note)


def _tell(
    session: Session,
    announcement: Announcement,
    before: AnnouncementState | None,
    *,
    now: datetime,
    staff_id: int | None = None,
    note: str = "",
) -> None:
    session.add(
        AnnouncementEvent(
            announcement_id=announcement.id,
            at=now,
            staff_id=staff_id,
            state_before=before,
            state_after=announcement.state,
            note=note,
        )
    )
