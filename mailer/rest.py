"""The rest of a cancelled announcement: the readers it was for who have its release by no announcement.

Another one to the same audience, topics and languages is for them: whoever has the release is left out of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from mailer import audience
from mailer.audience import Rule
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Batch, Delivery, DeliveryState
from mailer.models.subscribers import Subscriber, SubscriberTopic

_ARRIVED = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN)
_NEVER = (DeliveryState.SKIPPED, DeliveryState.REFUSED)


@dataclass(frozen=True, slots=True)
class Rest:
    """How many can be mailed now; `settled` once it is no more open whom the announcement reached."""

    count: int
    settled: bool


def has_any(announcement: Announcement) -> bool:
    """Tell whether an announcement can have a rest: it was cancelled on its way."""
    return announcement.state is AnnouncementState.CANCELLED and announcement.started_at is not None


def of(session: Session, announcement: Announcement) -> Rest:
    """Count the rest of what was cancelled on its way; until that is settled, it is so many at most."""
    rule = audience.rule_of(announcement)
    lost = (
        select(func.count())
        .select_from(Delivery)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(
            Delivery.announcement_id == announcement.id,
            Delivery.state.not_in(_ARRIVED),
            Delivery.doubts == 0,
            audience.reachable(),
            *_still_meant(rule),
            ~_by_another(announcement),
        )
    )
    left = exists().where(Batch.announcement_id == announcement.id, Batch.closed_at.is_(None))
    return Rest(session.scalar(lost) or 0, settled=not session.scalar(select(left)))


def _still_meant(rule: Rule) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a reader still holds one of the topics, and reads a language it is for."""
    yield exists().where(
        SubscriberTopic.subscriber_id == Subscriber.id, SubscriberTopic.topic_id.in_(rule.topic_ids)
    )
    for languages in (rule.languages, rule.written):
        if languages is not None:
            yield Subscriber.language.in_(languages)


def _by_another(announcement: Announcement) -> ColumnElement[bool]:
    """Return the condition that another announcement of the release has reached a reader, or still may."""
    other = aliased(Delivery)
    others = select(Announcement.id).where(
        Announcement.release_id == announcement.release_id, Announcement.id != announcement.id
    )
    return exists().where(
        other.announcement_id.in_(others),
        other.subscriber_id == Subscriber.id,
        ~and_(other.state.in_(_NEVER), other.doubts == 0),
    )
