"""Fresh links: what opens a person's own page is mailed to their address, and to nobody else.

Who presses the button may hold no more than a forwarded mail, so the answer never tells what was done.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer import addresses, caps, outbox, subscribers, suppressions
from mailer.caps import Limit
from mailer.links import Links
from mailer.models.subscribers import Subscriber, SubscriberState

AN_HOUR: Final = Limit("fresh link", limits.FRESH_LINKS_AN_HOUR, timedelta(hours=1))
A_DAY_ENDED: Final = Limit(
    "fresh link to the ended", limits.FRESH_LINKS_A_DAY_ENDED, timedelta(days=1)
)


def mail(
    session: Session, subscriber_id: int, version: int, *, links: Links, now: datetime
) -> None:
    """Mail a fresh link to the subscriber a link names; unknown, outdated or past the cap, do nothing."""
    # The lock on the subscriber's row keeps two presses at once from counting as one.
    subscriber = subscribers.named(session, subscriber_id, version)
    if subscriber is None or subscriber.erased_at is not None:
        return
    limit, key = _limit(session, subscriber), subscriber.id.to_bytes(8, "big")
    if not caps.has_room(session, limit, key, now=now):
        return
    caps.count(session, limit, key, now=now)
    outbox.queue(
        session,
        template="manage-link",
        address=addresses.unseal(keyring(session), subscriber.address, subscriber.address_index),
        language=subscriber.language,
        context={
            "fresh_url": links.fresh(subscriber.id, subscriber.token_version, now=now),
            "minutes": limits.FRESH_TOKEN_SECONDS // 60,
        },
        subscriber_id=subscriber.id,
        now=now,
        expires_at=now + timedelta(seconds=limits.FRESH_TOKEN_SECONDS),
    )


def _limit(session: Session, subscriber: Subscriber) -> Limit:
    gone = subscriber.state is SubscriberState.ENDED or suppressions.holds(
        session, subscriber.address_index
    )
    return A_DAY_ENDED if gone else AN_HOUR
