"""Tasks that prepare announcements, close them, and tell staff what they did."""

import logging
from datetime import datetime
from time import monotonic

from celery import shared_task
from sqlalchemy.orm import Session

from config import derived, limits
from db.session import transaction
from mailer import audience, closing, paces, telling
from mailer.models.announcements import Announcement, AnnouncementEvent
from staff import accounts, audit
from staff.models import RoleName
from wiring import names
from wiring.core import core

log = logging.getLogger(__name__)


@shared_task(name=names.FREEZE)
def freeze(announcement_id: int) -> None:
    """Freeze an announcement's audience for a slice of time and hand it on; wake the bulk workers at its end.

    Each chunk is a transaction of its own, which finds what staff have decided since the last one. Where the
    next bell is lost, or this task is killed, the sweeper rings for what is left, from the cursor on.
    """
    stop_at = monotonic() + limits.FREEZE_SLICE_SECONDS
    while _freeze_chunk(announcement_id):
        if monotonic() >= stop_at:
            core().bell.ring(names.FREEZE, announcement_id)
            return
    for _ in range(limits.BELLS):
        core().bell.ring(names.SEND_BULK)


@shared_task(name=names.CLOSE)
def close_out() -> None:
    """Keep the report of every announcement that is over, its digest in the audit chain."""
    with transaction() as session:
        over = closing.over(session)
    for announcement_id in over:
        with transaction() as session:
            _close(session, announcement_id, now=paces.clock(session))


@shared_task(name=names.TELL)
def tell() -> None:
    """Mail staff about every event that they must hear of, once."""
    with transaction() as session:
        events = telling.untold(session)
        for event in events:
            _tell(session, event, now=paces.clock(session))
    if events:
        core().bell.ring(names.SEND_TX)


def _freeze_chunk(announcement_id: int) -> bool:
    """Freeze the next chunk of an audience; return whether there is more to freeze at once."""
    with transaction() as session:
        return audience.freeze(session, announcement_id, now=paces.clock(session))


def _close(session: Session, announcement_id: int, *, now: datetime) -> None:
    digest = closing.close(session, announcement_id, now=now)
    if digest is not None:
        audit.append(
            session,
            staff_id=None,
            act=closing.ACT,
            subject=closing.subject(announcement_id),
            detail=closing.detail(digest),
            now=now,
            key=derived.audit_key(core().settings),
        )


def _tell(session: Session, event: AnnouncementEvent, *, now: datetime) -> None:
    announcement = session.get_one(Announcement, event.announcement_id)
    addresses = _concerned(session, author_id=announcement.author_id)
    if not addresses:
        log.error("nobody of the staff can be told", extra={"announcement": announcement.id})
    page_url = core().links.announcement(announcement.id)
    telling.tell(session, event, addresses=addresses, page_url=page_url, now=now)


def _concerned(session: Session, *, author_id: int) -> list[str]:
    """Return the addresses of the active members who approve, administer, or are the author."""
    return [
        member.email
        for member in accounts.listing(session)
        if accounts.has_role(member, RoleName.APPROVER, RoleName.ADMIN)
        or (member.active and member.id == author_id)
    ]
