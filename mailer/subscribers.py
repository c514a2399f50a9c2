"""Subscribers: a person asks, confirms, and ends; every step is a consent event.

Nothing here tells a visitor whether an address was known before.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer import addresses, caps, consent, outbox, suppressions, topics
from mailer.links import Links
from mailer.models.subscribers import (
    ConfirmToken,
    ConsentKind,
    Subscriber,
    SubscriberState,
    Topic,
)
from mailer.tokens import TokenDamaged


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor asked for: a normalised address, topics by slug, a language, and the words shown.

    The words were kept when they asked (`mailer.requests.ask`); this names them by their hash.
    """

    address: str
    topics: Sequence[str]
    language: str
    wording_hash: bytes
    source: str


def request(session: Session, asked: Asked, *, links: Links, now: datetime) -> None:
    """Begin a double opt-in, or tell a subscriber by mail that they are one.

    At most one mail a day goes to one address, whatever is asked in its name; raise topics.UnknownTopic.
    """
    chosen = topics.named(session, asked.topics)
    subscriber = _find_or_add(session, asked)
    if subscriber.state is SubscriberState.CONFIRMED:
        _say_already_subscribed(session, subscriber, asked, links=links, now=now)
    else:
        _ask_to_confirm(session, subscriber, asked, chosen, links=links, now=now)


def confirm(session: Session, jti: str, *, now: datetime) -> Subscriber:
    """Confirm by the link that carries this `jti`; a second press changes nothing. Raise TokenDamaged."""
    token = session.get(ConfirmToken, _hash(jti), with_for_update=True)
    if token is None:
        raise TokenDamaged
    subscriber = session.get_one(Subscriber, token.subscriber_id, with_for_update=True)
    if token.used_at is None:
        token.used_at = now
        # A link that was mailed before somebody left does not undo their leaving.
        if subscriber.ended_at is None or subscriber.ended_at < token.issued_at:
            _make_confirmed(session, subscriber, token, now=now)
    return subscriber


def pending_topics(session: Session, jti: str) -> list[Topic]:
    """Return the topics a confirmation link asks for, to show before the press; raise TokenDamaged."""
    token = session.get(ConfirmToken, _hash(jti))
    if token is None:
        raise TokenDamaged
    return [topic for topic in topics.every(session) if topic.slug in token.topics]


def unsubscribe(
    session: Session,
    subscriber_id: int,
    version: int,
    *,
    source: str,
    now: datetime,
    because: str | None = None,
) -> None:
    """End a subscription at once; repeated, outdated or unknown, it changes nothing and says nothing.

    `because` is a word of consent.REASONS where they told us; any other is left out.
    """
    subscriber = named(session, subscriber_id, version)
    if subscriber is not None:
        reason = because if because in consent.REASONS else None
        end(session, subscriber, reason="unsubscribed", source=source, now=now, because=reason)


def named(session: Session, subscriber_id: int, version: int) -> Subscriber | None:
    """Return the subscriber that a link names, locked; None where the link's version is not theirs now."""
    subscriber = session.get(
        Subscriber, subscriber_id, with_for_update=True, populate_existing=True
    )
    return subscriber if subscriber is not None and subscriber.token_version == version else None


def end(
    session: Session,
    subscriber: Subscriber,
    *,
    reason: str,
    source: str,
    now: datetime,
    because: str | None = None,
) -> None:
    """End a subscriber with a reason and suppress the address; ended already, it stays as it is."""
    if subscriber.state is SubscriberState.ENDED:
        return
    subscriber.state = SubscriberState.ENDED
    subscriber.ended_at, subscriber.ended_reason = now, reason
    suppressions.add(session, subscriber.address_index, reason=reason)
    consent.record(
        session, subscriber, ConsentKind.WITHDRAWN, at=now, source=source, reason=because
    )


def find(session: Session, address: str) -> Subscriber | None:
    """Return the subscriber with this normalised address."""
    index = addresses.index(keyring(session), address)
    return session.scalar(select(Subscriber).where(Subscriber.address_index == index))


def counts(session: Session) -> dict[SubscriberState, int]:
    """Return how many subscribers are in each state, zero included."""
    rows = session.execute(select(Subscriber.state, func.count()).group_by(Subscriber.state))
    found = dict(rows.all())
    return {state: found.get(state, 0) for state in SubscriberState}


def _find_or_add(session: Session, asked: Asked) -> Subscriber:
    keys = keyring(session)
    index = addresses.index(keys, asked.address)
    session.execute(
        insert(Subscriber)
        .values(
            address=addresses.seal(keys, asked.address),
            address_index=index,
            state=SubscriberState.PENDING,
            language=asked.language,
        )
        .on_conflict_do_nothing()
    )
    return session.execute(
        select(Subscriber).where(Subscriber.address_index == index).with_for_update()
    ).scalar_one()


def _ask_to_confirm(
    session: Session,
    subscriber: Subscriber,
    asked: Asked,
    chosen: Sequence[Topic],
    *,
    links: Links,
    now: datetime,
) -> None:
    if _mailed_lately(session, subscriber, "confirm", now=now):
        return
    # As it was spelled for the mail that is answered: to its own server, case may matter.
    subscriber.address = addresses.seal(keyring(session), asked.address)
    subscriber.language = asked.language
    slugs = [topic.slug for topic in chosen]
    jti = secrets.token_urlsafe(16)
    session.add(
        ConfirmToken(
            jti_hash=_hash(jti),
            subscriber_id=subscriber.id,
            topics=slugs,
            wording_hash=asked.wording_hash,
            issued_at=now,
        )
    )
    consent.record(
        session,
        subscriber,
        ConsentKind.REQUESTED,
        at=now,
        source=asked.source,
        wording_hash=asked.wording_hash,
        topics=slugs,
    )
    context = {
        "confirm_url": links.confirm(links.tokens.confirm(jti, now=now)),
        "topics": [topic.name for topic in chosen],
        "hours": limits.CONFIRM_TOKEN_SECONDS // 3600,
        "manage_url": links.manage(subscriber.id, subscriber.token_version),
    }
    _mail(session, subscriber, asked, "confirm", context, now=now)


def _say_already_subscribed(
    session: Session, subscriber: Subscriber, asked: Asked, *, links: Links, now: datetime
) -> None:
    if not _mailed_lately(session, subscriber, "already-subscribed", now=now):
        whose = subscriber.id, subscriber.token_version
        urls: dict[str, object] = {
            "unsubscribe_url": links.unsubscribe(*whose),
            "manage_url": links.manage(*whose),
        }
        _mail(session, subscriber, asked, "already-subscribed", urls, now=now)


def _mail(
    session: Session,
    subscriber: Subscriber,
    asked: Asked,
    template: str,
    context: dict[str, object],
    *,
    now: datetime,
) -> None:
    outbox.queue(
        session,
        template=template,
        address=asked.address,
        language=asked.language,
        context=context,
        subscriber_id=subscriber.id,
        now=now,
        expires_at=now + timedelta(seconds=limits.CONFIRM_TOKEN_SECONDS),
    )


def _mailed_lately(
    session: Session, subscriber: Subscriber, template: str, *, now: datetime
) -> bool:
    last = outbox.last_queued(session, subscriber.id, template)
    return last is not None and now - last < timedelta(seconds=limits.SAME_MAIL_SECONDS)


def _make_confirmed(
    session: Session, subscriber: Subscriber, token: ConfirmToken, *, now: datetime
) -> None:
    subscriber.state = SubscriberState.CONFIRMED
    subscriber.confirmed_at = now
    subscriber.ended_at = subscriber.ended_reason = None
    subscriber.topics = [t for t in topics.every(session) if t.slug in token.topics]
    suppressions.lift(session, subscriber.address_index)
    _forget_unanswered(session, subscriber)
    consent.record(
        session,
        subscriber,
        ConsentKind.CONFIRMED,
        at=now,
        source="confirmation link",
        wording_hash=token.wording_hash,
        topics=token.topics,
    )


def _forget_unanswered(session: Session, subscriber: Subscriber) -> None:
    keys = keyring(session)
    address = addresses.unseal(keys, subscriber.address, subscriber.address_index)
    caps.forget(session, caps.UNANSWERED, keys.index("canonical", addresses.canonical(address)))


def _hash(jti: str) -> bytes:
    return hashlib.sha256(jti.encode()).digest()
