"""Telling: staff hear by mail what an announcement did by itself, and what one person did alone.

The mail names no release, because one under embargo must not leak through somebody's mailbox.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config import limits
from mailer import epochs, missing_keys, outbox
from mailer.models.announcements import AnnouncementEvent, AnnouncementState

TEMPLATE: Final = "staff-notice"


@dataclass(frozen=True, slots=True)
class Notice:
    """What staff are told of an event; the console and its mails are English."""

    headline: str
    happened: str
    what_now: str


RESTORED: Final = Notice(
    "was stopped: the database may be a restored copy",
    "What was under way has stopped, so that nobody is mailed twice from an old copy of the database.",
    "Find out whether this database was restored from a backup, and what left before. Then resume or "
    "cancel it.",
)
HELD: Final = Notice(
    "is held: it did not start by itself",
    "It was to start by itself at an hour that somebody had set, and it could not.",
    "Read why, then start it by hand, choose another time, or cancel it.",
)
POLICY: Final = Notice(
    "is paused: the mail server refuses it",
    "The mail server refuses our mail by a rule of its own, so sending has paused. Nobody is lost: who was "
    "refused is tried again once it is resumed.",
    "Have the cause mended that the mail server names, then resume it; or cancel it.",
)
REFUSALS: Final = Notice(
    "is paused: too many mails are refused",
    "So many mails were refused that sending has paused, before it harms our name. Nobody is lost.",
    "Look at the refusals: a single provider, or addresses that are old? Then resume or cancel it.",
)
KEY: Final = Notice(
    "waits for a data key",
    "A key of DATA_KEYS is missing that addresses of its readers are sealed with. Nobody is lost: their "
    "mails wait until it is back, and all others leave.",
    "Ask 'flask doctor' for the key's name, and give it back from where the keys are kept.",
)
ALONE: Final = Notice(
    "was approved by its own author",
    "One person did the work of two, and had to write down why. It is in the audit log.",
    "Read the reason. If you do not agree, pause or cancel it, and speak with them.",
)
OTHER: Final = Notice(
    "needs somebody to look at it",
    "It took a step that staff should know of.",
    "See on its page what happened, and decide how it goes on.",
)


def notice(event: AnnouncementEvent) -> Notice:
    """Return what staff are told of an event."""
    if event.note in {epochs.RESTORED, epochs.ASLEEP}:
        return RESTORED
    if event.note == missing_keys.REASON:
        return KEY
    if event.state_after == AnnouncementState.PAUSED:
        return _pause(event.note)
    by_state = {AnnouncementState.HELD: HELD, AnnouncementState.APPROVED: ALONE}
    return by_state.get(AnnouncementState(event.state_after), OTHER)


def waiting(session: Session) -> bool:
    """Return whether there is an event that staff were not told of."""
    return session.scalar(select(exists().where(*_UNTOLD))) or False


def untold(session: Session) -> Sequence[AnnouncementEvent]:
    """Return the events that staff must still be told of, held to the end of the transaction."""
    found = select(AnnouncementEvent).where(*_UNTOLD).order_by(AnnouncementEvent.id)
    return session.scalars(found.with_for_update(skip_locked=True)).all()


def tell(
    session: Session,
    event: AnnouncementEvent,
    *,
    addresses: Collection[str],
    page_url: str,
    now: datetime,
) -> None:
    """Queue a mail about an event to each staff member's address; the event is told from then on."""
    said = asdict(notice(event)) | {
        "number": event.announcement_id,
        "note": event.note,
        "page_url": page_url,
    }
    for address in addresses:
        outbox.queue(
            session,
            template=TEMPLATE,
            address=address,
            language="en",
            context=said,
            now=now,
            expires_at=now + timedelta(seconds=limits.STAFF_NOTICE_SECONDS),
        )
    event.told_at = now


_UNTOLD: Final = (AnnouncementEvent.tell, AnnouncementEvent.told_at.is_(None))


def _pause(note: str) -> Notice:
    """Return which of the breaker's two sentences (`mailer.refusals`) a pause was noted with."""
    if note.startswith("The mail server refuses us by policy"):
        return POLICY
    return REFUSALS if note.endswith("mails were refused.") else OTHER
