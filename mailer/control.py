"""Control: what a sender asks once a second while it sends, and is told by rows that staff change."""

import math
from datetime import datetime
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import limits
from mailer import announcements, schedules
from mailer.announcements import AnnouncementRefused
from mailer.claims import AT_HAND
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Batch

CANCELLED: Final = "cancelled"
"""The reason of deliveries that were skipped because their announcement was cancelled."""


class BadRate(AnnouncementRefused):
    """A rate is a number of mails a second above zero, or none."""


def pause(
    session: Session,
    announcement: Announcement,
    *,
    staff_id: int | None,
    note: str,
    now: datetime,
    tell: bool = False,
) -> None:
    """Stop sending, and write down why; None for `staff_id` where the system does it. Raise NotLawful."""
    announcements.lock(session, announcement)
    announcements.move(
        session, announcement, Event.PAUSE, staff_id=staff_id, now=now, note=note, tell=tell
    )


def resume(
    session: Session,
    announcement: Announcement,
    *,
    staff_id: int,
    now: datetime,
    goes_on: bool = False,
) -> None:
    """Go on where it stopped; with `goes_on` a refusal by policy is final. Raise NotLawful."""
    announcements.lock(session, announcement)
    whole = announcement.frozen_to == announcement.last_subscriber_id
    event = Event.RESUME if whole else Event.RESUME_FREEZING
    note = "refusals by policy are final" if goes_on else ""
    announcements.move(session, announcement, event, staff_id=staff_id, now=now, note=note)
    announcement.goes_on = goes_on


def cancel(
    session: Session, announcement: Announcement, *, staff_id: int | None, note: str, now: datetime
) -> None:
    """Take an announcement back, or end it where it is: what was not offered is skipped. Raise NotLawful."""
    announcements.lock(session, announcement)
    announcements.move(session, announcement, Event.CANCEL, staff_id=staff_id, note=note, now=now)
    announcement.finished_at = now
    schedules.forget(announcement)


def set_rate(
    session: Session,
    announcement: Announcement,
    *,
    rate: float | None,
    staff_id: int | None,
    now: datetime,
) -> None:
    """Send at most that many mails a second from now on, None for no limit; raise BadRate or NotLawful."""
    if rate is not None and not (math.isfinite(rate) and rate > 0):
        raise BadRate("Give a number of mails a second above zero, or none for no limit.")
    announcements.lock(session, announcement)
    note = f"rate: {rate:g} a second" if rate else "rate: no limit"
    announcements.move(session, announcement, Event.SET_RATE, staff_id=staff_id, now=now, note=note)
    announcement.rate = rate


# A batch that a living sender holds is left to it: that sender sees within a second that it is over.
# What was on the wire when its sender was lost, or in doubt before, may have reached its reader.
_SKIP = text(f"""
    WITH left_over AS (
        SELECT batch.id, batch.announcement_id, first_delivery_id, last_delivery_id,
               window_first_id, window_last_id, window_at
          FROM batch JOIN announcement ON announcement.id = batch.announcement_id
         WHERE announcement.state = 'cancelled' AND batch.closed_at IS NULL
           AND (batch.leased_until IS NULL OR batch.leased_until < now())
         ORDER BY batch.id LIMIT :limit FOR UPDATE OF batch SKIP LOCKED),
    settled AS (
        UPDATE delivery
           SET state = CASE WHEN at_hand OR doubts > 0 THEN 'uncertain' ELSE 'skipped' END,
               doubts = doubts + CAST(at_hand AS int),
               reason = :reason, settled_at = :now
          FROM (SELECT delivery.id, coalesce({AT_HAND}, FALSE) AS at_hand
                  FROM left_over AS batch JOIN delivery
                    ON delivery.id BETWEEN first_delivery_id AND last_delivery_id
                   AND delivery.announcement_id = batch.announcement_id
                 WHERE state IN ('queued', 'deferred')) AS waiting
         WHERE delivery.id = waiting.id)
    UPDATE batch SET holder = NULL, leased_until = NULL, closed_at = :now,
                     window_first_id = NULL, window_last_id = NULL, window_at = NULL
      FROM left_over WHERE batch.id = left_over.id
""")  # noqa: S608 - our own words


def skip_cancelled(session: Session, *, now: datetime) -> int:
    """Close the next batches left of cancelled announcements; return how many, 0 when none is left."""
    values = {"limit": limits.SKIP_BATCHES, "reason": CANCELLED, "now": now}
    closed: int = session.execute(_SKIP, values).rowcount  # type: ignore[attr-defined] # of an UPDATE
    return closed


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
        announcements.move(session, announcement, Event.DRAINED, now=now)
    return [announcement.id for announcement in drained]
