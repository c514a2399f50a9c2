"""Missing keys: who waits for a data key that DATA_KEYS lacks, and how the operator comes to know.

Nothing is wrong with such a reader, and no deadline makes it so: their mail waits until the key is back, and
an announcement to them does not finish before.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from db import rotation
from db.sealed import keyring, prefix
from mailer import announcements
from mailer.deliveries import Outcome
from mailer.models.announcements import Announcement, AnnouncementEvent
from mailer.models.deliveries import Delivery, DeliveryState

REASON: Final = "a data key that it is sealed with is not here; give it back in DATA_KEYS"
"""Why a delivery waits, in the ledger and in the announcement's history."""


def are_waited_for(outcomes: Iterable[Outcome]) -> bool:
    """Tell whether any of these deliveries waits for a key."""
    return any(outcome.reason == REASON for outcome in outcomes)


def waiting(session: Session, announcement_id: int) -> int:
    """Count an announcement's deliveries that wait for a key."""
    waits = select(func.count()).where(
        Delivery.announcement_id == announcement_id,
        Delivery.state == DeliveryState.DEFERRED,
        Delivery.reason == REASON,
    )
    return session.scalar(waits) or 0


def tell(session: Session, announcement_id: int, *, now: datetime) -> None:
    """Have staff told, once for each announcement, that it waits for a key."""
    if _is_told(session, announcement_id):
        return
    announcement = session.get_one(Announcement, announcement_id)
    announcements.lock(session, announcement)
    if not _is_told(session, announcement_id):  # two senders may have met it at once
        before = announcement.state
        announcements.write_down(session, announcement, before, now=now, note=REASON, tell=True)


def missing(session: Session) -> Counter[str]:
    """Count all that is sealed under keys that are not here, by the key's name; it reads every row."""
    keys, counts = keyring(session), Counter[str]()
    for sealed in rotation.columns():
        head = func.substring(sealed.attribute, 1, 2 + func.get_byte(sealed.attribute, 1))
        rows = select(head, func.count()).where(func.length(sealed.attribute) > 1).group_by(head)
        for start, number in session.execute(rows):
            name = start[2:].decode("ascii", "replace")
            if start == prefix(name) and not keys.knows(name):  # else it is no sealed value at all
                counts[name] += number
    return counts


def _is_told(session: Session, announcement_id: int) -> bool:
    told = exists().where(
        AnnouncementEvent.announcement_id == announcement_id, AnnouncementEvent.note == REASON
    )
    return session.scalar(select(told)) or False
