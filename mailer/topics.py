"""Topics: what a subscriber may ask to hear about; staff add, rename, order, retire and restore them.

A retired topic is offered to nobody any more. Its readers keep it beside what else they chose, so that
restoring it brings them back; a merge moves them, where staff vouch that the other topic keeps the same
promise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session, aliased

from config import limits
from mailer.models.announcements import Announcement, AnnouncementState, AnnouncementTopic
from mailer.models.subscribers import Subscriber, SubscriberState, SubscriberTopic, Topic

MERGED: Final = "topic merged"
"""The source of the consent events that a merge leaves with each reader it moves."""
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class UnknownTopic(LookupError):
    """There is no such topic; `slugs` names those asked for in vain."""

    def __init__(self, slugs: Sequence[str]) -> None:
        super().__init__(
            f"There is no topic called {', '.join(slugs)}; 'flask topics list' shows them."
        )
        self.slugs = tuple(slugs)


class BadTopic(ValueError):
    """A topic cannot be as it was given; the message says what to mend."""


class TopicInUse(Exception):
    """A topic cannot be retired or merged now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Readers:
    """How many confirmed subscribers hold a topic, and how many of them hold no other that is offered."""

    total: int
    alone: int


def every(session: Session) -> Sequence[Topic]:
    """Return all topics in the order they are shown, the retired ones too."""
    return session.scalars(select(Topic).order_by(Topic.position, Topic.id)).all()


def current(session: Session) -> Sequence[Topic]:
    """Return the topics that releases may be announced to: all but the retired ones."""
    return [topic for topic in every(session) if topic.retired_at is None]


def offered(session: Session) -> Sequence[Topic]:
    """Return the topics that anybody may choose, in the order they are shown."""
    return [topic for topic in current(session) if not topic.by_invitation]


def offered_to(session: Session, subscriber: Subscriber) -> Sequence[Topic]:
    """Return the topics that a subscriber may choose: those they were invited to, too."""
    held = {topic.id for topic in subscriber.topics}
    return [topic for topic in current(session) if not topic.by_invitation or topic.id in held]


def named(session: Session, slugs: Sequence[str]) -> list[Topic]:
    """Return the topics with these slugs, in the order they are shown; raise UnknownTopic."""
    wanted = set(slugs)
    found = [topic for topic in every(session) if topic.slug in wanted]
    if missing := sorted(wanted - {topic.slug for topic in found}):
        raise UnknownTopic(missing)
    return found


def lock(session: Session, chosen: Sequence[Topic], *, shared: bool) -> None:
    """Read topics anew and hold them to the end of the transaction.

    Who announces to them shares that with others who do; who retires or merges one has it alone.
    """
    session.flush()  # what is read anew throws away what was not flushed
    session.scalars(
        select(Topic)
        .where(Topic.id.in_([topic.id for topic in chosen]))
        .order_by(Topic.id)  # one order for all, so that no two wait for each other
        # Neither holds up a reader who chooses the topic meanwhile: their row needs its key alone.
        .with_for_update(read=shared, key_share=not shared)
        .execution_options(populate_existing=True)
    ).all()


def add(
    session: Session, *, slug: str, name: str, description: str = "", by_invitation: bool = False
) -> Topic:
    """Add a topic behind the others; raise BadTopic.

    `by_invitation` is for good: a list that anybody joined must not hear what is under embargo.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > limits.SLUG_LENGTH:
        raise BadTopic(
            f"A slug is lower-case letters, digits and hyphens, at most {limits.SLUG_LENGTH} of them."
        )
    known = every(session)
    if any(topic.slug == slug for topic in known):
        raise BadTopic(f"There is a topic called {slug} already; choose another slug.")
    behind = max((topic.position for topic in known), default=-1) + 1
    topic = Topic(slug=slug, position=behind, by_invitation=by_invitation)
    describe(topic, name=name, description=description)
    session.add(topic)
    session.flush()  # its number is wanted by whoever asked
    return topic


def describe(topic: Topic, *, name: str, description: str) -> None:
    """Change what a topic is called and its one sentence; its slug stays. Raise BadTopic."""
    if not name.strip() or len(name) > limits.TOPIC_NAME_LENGTH:
        raise BadTopic(f"A topic needs a name of at most {limits.TOPIC_NAME_LENGTH} characters.")
    if len(description) > limits.TOPIC_DESCRIPTION_LENGTH:
        raise BadTopic(
            f"A description has at most {limits.TOPIC_DESCRIPTION_LENGTH} characters: one sentence."
        )
    # One line each: they stand in lists, and in the plain text of mails.
    topic.name, topic.description = " ".join(name.split()), " ".join(description.split())


def move(session: Session, topic: Topic, *, up: bool) -> None:
    """Show a topic one place earlier, or later; at the end of the list it stays."""
    rest = list(every(session))
    place = rest.index(topic)
    rest.insert(max(0, place - 1) if up else place + 1, rest.pop(place))
    for position, each in enumerate(rest):
        each.position = position


def retire(session: Session, topic: Topic, *, now: datetime) -> None:
    """Offer a topic to nobody any more; retired already, it stays as it is. Raise TopicInUse."""
    _refuse_while_announced(session, topic)
    topic.retired_at = topic.retired_at or now


def restore(topic: Topic) -> None:
    """Offer a retired topic again; who still holds it is mailed again."""
    topic.retired_at = None


def readers(session: Session, topic: Topic) -> Readers:
    """Count a topic's confirmed readers, and those whom its retirement leaves without any topic."""
    other, offered_too = aliased(SubscriberTopic), aliased(Topic)
    elsewhere = exists().where(
        other.subscriber_id == SubscriberTopic.subscriber_id,
        other.topic_id == offered_too.id,
        offered_too.id != topic.id,
        offered_too.retired_at.is_(None),
    )
    total, alone = session.execute(
        select(func.count(), func.count().filter(~elsewhere))
        .select_from(SubscriberTopic)
        .join(Subscriber, Subscriber.id == SubscriberTopic.subscriber_id)
        .where(SubscriberTopic.topic_id == topic.id, Subscriber.state == SubscriberState.CONFIRMED)
    ).one()
    return Readers(total, alone)


# A reader who holds both topics already has consented to the other one: they only lose this one.
_MERGE = text("""
    WITH moved AS (
        DELETE FROM subscriber_topic USING subscriber
         WHERE subscriber_topic.subscriber_id = subscriber.id AND topic_id = :topic
           AND subscriber.id IN (
               SELECT s.id FROM subscriber AS s JOIN subscriber_topic AS st ON st.subscriber_id = s.id
                WHERE st.topic_id = :topic AND s.state = 'confirmed' ORDER BY s.id LIMIT :limit
                  FOR UPDATE OF s)
        RETURNING subscriber.id),
    joined AS (
        INSERT INTO subscriber_topic (subscriber_id, topic_id) SELECT id, :into FROM moved
        ON CONFLICT DO NOTHING RETURNING subscriber_id),
    told AS (
        INSERT INTO consent_event (subscriber_id, kind, at, source, topics)
        SELECT subscriber_id, 'confirmed', :now, :source, ARRAY[:slug] FROM joined)
    SELECT count(*) FROM moved
""")


def merge(session: Session, topic: Topic, into: Topic, *, now: datetime) -> int:
    """Move the next chunk of a topic's confirmed readers to another; return how many, 0 when all are moved.

    Only where a person has said that the other topic keeps the same promise: each reader's consent is
    carried over by an event that says so. Raise TopicInUse.
    """
    if into.id == topic.id or into.retired_at is not None:
        raise TopicInUse("Choose another topic to move the readers to, one that is offered.")
    if into.by_invitation and not topic.by_invitation:
        raise TopicInUse(f"Nobody chose to be on {into.name}: staff put each of its readers there.")
    _refuse_while_announced(session, topic)
    values = {"topic": topic.id, "into": into.id, "slug": into.slug}
    given = {"now": now, "source": MERGED, "limit": limits.FREEZE_CHUNK}
    return int(session.execute(_MERGE, {**values, **given}).scalar_one())


def _refuse_while_announced(session: Session, topic: Topic) -> None:
    """Raise TopicInUse while an announcement to the topic is not over: its audience is being decided.

    The lock comes first: whoever proposes one has committed before we look, or waits until we have.
    """
    lock(session, [topic], shared=False)
    over = (AnnouncementState.FINISHED, AnnouncementState.CANCELLED)
    running = (
        select(AnnouncementTopic.announcement_id)
        .join(Announcement, Announcement.id == AnnouncementTopic.announcement_id)
        .where(AnnouncementTopic.topic_id == topic.id, Announcement.state.not_in(over))
    )
    if (id_ := session.scalar(running.limit(1))) is not None:
        raise TopicInUse(
            f"Announcement {id_} to this topic is not over. Wait until it is, or take it back."
        )
