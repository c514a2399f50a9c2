"""The audience of an announcement: counted before it starts, then frozen once into deliveries.

Freezing goes by chunks of subscriber ids. Each chunk's deliveries, its batches and the cursor move in one
transaction, so a kill between two chunks loses nothing and repeats nothing; (announcement, subscriber) is
unique, so even a cursor set back by hand could not make a second delivery.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from config import limits
from mailer import announcements
from mailer.models.announcements import Announcement, AnnouncementState, AnnouncementTopic
from mailer.models.deliveries import Batch, Delivery, Queue
from mailer.models.releases import ReleaseTopic
from mailer.models.subscribers import Subscriber, SubscriberState, SubscriberTopic, Suppression


def reachable() -> ColumnElement[bool]:
    """Return the condition for being mailed releases now: confirmed, not suppressed, not paused."""
    suppressed = exists().where(Suppression.address_index == Subscriber.address_index)
    awake = or_(Subscriber.paused_until.is_(None), Subscriber.paused_until <= func.now())
    return and_(Subscriber.state == SubscriberState.CONFIRMED, ~suppressed, awake)


def count(session: Session, release_id: int) -> int:
    """Count whom a release would reach if it were announced now."""
    topics = select(ReleaseTopic.topic_id).where(ReleaseTopic.release_id == release_id)
    counted = select(func.count()).select_from(Subscriber)
    return session.scalar(counted.where(reachable(), _holds_any(topics.scalar_subquery()))) or 0


def freeze(session: Session, announcement_id: int, *, now: datetime) -> bool:
    """Freeze the next chunk of the audience; return whether there is more to freeze."""
    announcement = session.get(Announcement, announcement_id, with_for_update=True)
    if announcement is None or announcement.state is not AnnouncementState.PREPARING:
        return False
    chunk = _next_chunk(session, announcement)
    if chunk:
        made = _add_deliveries(session, announcement, chunk)
        _add_batches(session, announcement, made, now=now)
        announcement.frozen_to = chunk[-1]
        announcement.recipients += len(made)
    if len(chunk) < limits.FREEZE_CHUNK:
        announcements.mark_frozen(session, announcement, now=now)
        return False
    return True


def _holds_any(topic_ids: ScalarSelect[int]) -> ColumnElement[bool]:
    return exists().where(
        SubscriberTopic.subscriber_id == Subscriber.id, SubscriberTopic.topic_id.in_(topic_ids)
    )


def _next_chunk(session: Session, announcement: Announcement) -> Sequence[int]:
    topics = select(AnnouncementTopic.topic_id).where(
        AnnouncementTopic.announcement_id == announcement.id
    )
    return session.scalars(
        select(Subscriber.id)
        .where(
            Subscriber.id > announcement.frozen_to,
            Subscriber.id <= announcement.last_subscriber_id,
            reachable(),
            _holds_any(topics.scalar_subquery()),
        )
        .order_by(Subscriber.id)
        .limit(limits.FREEZE_CHUNK)
    ).all()


def _add_deliveries(
    session: Session, announcement: Announcement, subscriber_ids: Sequence[int]
) -> list[int]:
    chunk = func.unnest(cast(subscriber_ids, ARRAY(BigInteger)))
    made = session.scalars(
        insert(Delivery)
        .from_select(["announcement_id", "subscriber_id"], select(literal(announcement.id), chunk))
        .on_conflict_do_nothing()
        .returning(Delivery.id)
    ).all()
    return sorted(made)


def _add_batches(
    session: Session, announcement: Announcement, delivery_ids: Sequence[int], *, now: datetime
) -> None:
    size = batch_size(len(delivery_ids))
    session.add_all(
        Batch(
            queue=Queue.BULK,
            announcement_id=announcement.id,
            first_delivery_id=part[0],
            last_delivery_id=part[-1],
            due_at=now,
        )
        for part in (delivery_ids[i : i + size] for i in range(0, len(delivery_ids), size))
    )


def batch_size(deliveries: int) -> int:
    """Return how many deliveries a batch holds, so that a small audience still keeps every worker busy."""
    fair = -(-deliveries // limits.BATCHES_PER_CHUNK)
    return max(limits.WINDOW_SIZE, min(limits.BATCH_SIZE, fair))
