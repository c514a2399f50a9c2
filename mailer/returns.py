"""Returns: somebody pressed 'unsubscribe' by a slip, and asks to be asked again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from mailer import addresses, requests, subscribers, topics
from mailer.models.subscribers import ConsentEvent, ConsentKind, Subscriber, SubscriberState


def ask(
    session: Session,
    subscriber_id: int,
    version: int,
    *,
    wording: str,
    network: str | None,
    now: datetime,
) -> None:
    """Write down an ordinary request in the name of who left; anybody else is answered by silence.

    It goes through the caps and the double opt-in like any other: the old consent is not revived.
    """
    subscriber = subscribers.named(session, subscriber_id, version)
    if subscriber is None or subscriber.erased_at or subscriber.state is not SubscriberState.ENDED:
        return
    chosen = _last_topics(session, subscriber)
    if chosen:
        entry = requests.Entry(
            address=addresses.unseal(
                keyring(session), subscriber.address, subscriber.address_index
            ),
            topics=chosen,
            language=subscriber.language,
            wording=wording,
            source="form /unsubscribe",
            network=network,
        )
        requests.ask(session, entry, now=now)


def _last_topics(session: Session, subscriber: Subscriber) -> list[str]:
    """Return what they last heard about, or asked to, as far as it is still on offer."""
    held = {topic.slug for topic in subscriber.topics} or set(
        session.scalars(
            select(ConsentEvent.topics)
            .where(
                ConsentEvent.subscriber_id == subscriber.id,
                ConsentEvent.kind != ConsentKind.WITHDRAWN,
            )
            .order_by(ConsentEvent.id.desc())
            .limit(1)
        ).first()
        or ()
    )
    return [topic.slug for topic in topics.offered(session) if topic.slug in held]
