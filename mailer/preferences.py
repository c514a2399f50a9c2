"""Preferences: what a subscriber hears about, in which language and form, and when not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mailer import consent, topics
from mailer.models.subscribers import ConsentKind, Subscriber, SubscriberState, Topic

SOURCE = "page /manage"
"""What consent events say of where a change of topics came from."""


class NotOnTheList(Exception):
    """Only a confirmed subscriber has preferences; whoever is not subscribes first."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a subscriber may choose: topics by slug, language, the end of a pause, text alone."""

    topics: frozenset[str]
    language: str
    paused_until: datetime | None = None
    plain_only: bool = False


def of(subscriber: Subscriber) -> Preferences:
    """Return what a subscriber has chosen."""
    return Preferences(
        topics=frozenset(topic.slug for topic in subscriber.topics),
        language=subscriber.language,
        paused_until=subscriber.paused_until,
        plain_only=subscriber.plain_only,
    )


def change(
    session: Session, subscriber: Subscriber, wanted: Preferences, *, wording: str, now: datetime
) -> None:
    """Take over what a subscriber chose; each topic that came or went is a consent event.

    `wording` is what the page showed beside the topics. Raise NotOnTheList, topics.UnknownTopic.
    """
    if subscriber.state is not SubscriberState.CONFIRMED:
        raise NotOnTheList
    chosen = topics.named(session, sorted(wanted.topics))
    # A retired topic is not on the page, so that it is not ticked says nothing.
    kept = [topic for topic in subscriber.topics if topic.retired_at is not None]
    _record(session, subscriber, [*chosen, *kept], wording=wording, now=now)
    subscriber.topics = list({topic.id: topic for topic in [*chosen, *kept]}.values())
    subscriber.language, subscriber.plain_only = wanted.language, wanted.plain_only
    pause(subscriber, wanted.paused_until)


def pause(subscriber: Subscriber, until: datetime | None) -> None:
    """Mail no release before `until`; None ends a pause. Who is not on the list has none."""
    if subscriber.state is SubscriberState.CONFIRMED:
        subscriber.paused_until = until


def _record(
    session: Session,
    subscriber: Subscriber,
    chosen: Sequence[Topic],
    *,
    wording: str,
    now: datetime,
) -> None:
    before, after = {t.slug for t in subscriber.topics}, {t.slug for t in chosen}
    if gained := sorted(after - before):
        consent.record(
            session,
            subscriber,
            ConsentKind.CONFIRMED,
            at=now,
            source=SOURCE,
            wording_hash=consent.keep_wording(session, wording),
            topics=gained,
        )
    if lost := sorted(before - after):
        consent.record(
            session, subscriber, ConsentKind.WITHDRAWN, at=now, source=SOURCE, topics=lost
        )
