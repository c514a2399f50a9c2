"""Requests: what a visitor posts is one row, whatever we know of the address; a worker answers it.

1. `ask` writes the row: one insert, the same for every address, so its time tells nothing.
2. `answer` takes the oldest open rows under one lock, counts each against the caps, and lets
   `mailer.subscribers` decide what is mailed. What was answered no longer holds an address.
"""

import enum
import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg.errors import ForeignKeyViolation
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from config import limits
from db import direct
from db.sealed import Keyring, keyring
from mailer import addresses, caps, providers, subscribers, topics
from mailer.links import Links
from mailer.models.requests import REQUEST_COLUMN, SubscriptionRequest

_EVERYBODY: Final = b""

# Plain SQL in the driver's own spelling: this is what a flood costs us, and what a visitor waits for.
_ASK: Final = """
    INSERT INTO subscription_request
           (address, address_index, canonical_index, domain_tag, network_tag, language, topics,
            wording_hash, source, asked_at, due_at, proven)
    VALUES (%(address)s, %(index)s, %(canonical)s, %(domain)s, %(network)s, %(language)s, %(topics)s,
            %(hash)s, %(source)s, %(now)s, least(%(due)s, clock_timestamp() + %(wait)s), %(proven)s)
"""
_KEEP_WORDING: Final = """
    INSERT INTO consent_wording (hash, text) VALUES (%(hash)s, %(wording)s) ON CONFLICT DO NOTHING
"""


class Answer(enum.StrEnum):
    """What became of a request."""

    TAKEN = "taken"
    ADDRESS_FULL = "address had its share"
    NETWORK_FULL = "network had its share"
    DOMAIN_FULL = "domain had its share"
    ALL_FULL = "everybody had their share"
    BROKEN = "could not be answered"


@dataclass(frozen=True, slots=True)
class Entry:
    """One post: a normalised address, topics by slug, language, the words shown, and where from.

    `network` is the visitor's address, kept only as a keyed hash of its /24 or /64 for a day.
    """

    address: str
    topics: Sequence[str]
    language: str
    wording: str
    source: str
    network: str | None = None
    proven: bool = False
    wait: timedelta = timedelta(0)


def ask(session: Session, entry: Entry, *, now: datetime) -> None:
    """Write a request down, as a part of a transaction."""
    connection, row = session.connection(), _row(keyring(session), entry, now=now)
    connection.exec_driver_sql(_KEEP_WORDING, row)
    connection.exec_driver_sql(_ASK, row)


def ask_by_itself(keys: Keyring, entry: Entry, *, now: datetime) -> None:
    """Write a request down in one round trip; it is committed when this returns.

    A connection that is lost meanwhile may leave it twice: the caps answer the second by nothing.
    """
    row = _row(keys, entry, now=now)
    try:
        direct.execute(_ASK, row)
    except ForeignKeyViolation:  # the first ever to agree to these words
        direct.execute(_KEEP_WORDING, row)
        direct.execute(_ASK, row)


def answer(session: Session, *, links: Links, now: datetime) -> int:
    """Answer the next open requests; return how many, 0 where none is due.

    It waits for another worker that is at it: to leave instead could miss a row committed just now.
    """
    caps.hold(session)
    due = session.scalars(
        select(SubscriptionRequest)
        .where(SubscriptionRequest.answered_at.is_(None), SubscriptionRequest.due_at <= now)
        .order_by(SubscriptionRequest.id)
        .limit(limits.ANSWER_CHUNK)
    ).all()
    answers = [_answer(session, request, links=links, now=now) for request in due]
    # Only now: a row that was changed in between would be written alone, before the next look at the caps.
    for request, given in zip(due, answers, strict=True):
        request.answer, request.answered_at, request.address = given, now, None
    return len(due)


def waiting(session: Session, *, now: datetime) -> bool:
    """Tell whether a request is due."""
    open_ = SubscriptionRequest.answered_at.is_(None)
    due = select(SubscriptionRequest.id).where(open_, SubscriptionRequest.due_at <= now).limit(1)
    return session.scalar(due) is not None


def under_attack(session: Session, *, now: datetime) -> bool:
    """Tell whether the form is being abused: many requests lately, and few of them confirmed."""
    since = now - timedelta(seconds=limits.ATTACK_WINDOW_SECONDS)
    asked, confirmed = session.execute(
        text("""
            SELECT (SELECT count(*) FROM (SELECT FROM subscription_request WHERE asked_at > :since
                                             AND source NOT LIKE 'import %'
                                           LIMIT 100000) AS r),
                   (SELECT count(*) FROM confirm_token WHERE used_at > :since)
        """),
        {"since": since},
    ).one()
    return bool(
        asked >= limits.ATTACK_REQUESTS and confirmed < asked * limits.ATTACK_CONFIRMED_SHARE
    )


def _row(keys: Keyring, entry: Entry, *, now: datetime) -> dict[str, object]:
    index = addresses.index(keys, entry.address)
    return {
        "address": keys.seal(entry.address, column=REQUEST_COLUMN, row=index),
        "index": index,
        "canonical": keys.index("canonical", addresses.canonical(entry.address)),
        "domain": domain_tag(keys, entry.address),
        "network": network_tag(keys, entry.network, now=now),
        "language": entry.language,
        "topics": list(entry.topics),
        "hash": hashlib.sha256(entry.wording.encode()).digest(),
        "wording": entry.wording,
        "source": entry.source,
        "now": now,
        # Both, because the clock of this host may be ahead of the database's, by which it will be due.
        "due": now + entry.wait,
        "wait": entry.wait,
        "proven": entry.proven,
    }


def network_tag(keys: Keyring, network: str | None, *, now: datetime) -> bytes | None:
    """Return the keyed hash of a visitor's /24 or /64, under a name of the day: tomorrow's is another."""
    if network is None:
        return None
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    prefix = 24 if address.version == 4 else 64  # noqa: PLR2004 - IP's own version number
    whole = ipaddress.ip_network((address, prefix), strict=False)
    return keys.index(f"network {now:%Y-%m-%d}", str(whole))


def domain_tag(keys: Keyring, address: str) -> bytes:
    """Return the keyed hash of a recipient's domain."""
    return keys.index("domain", _domain(address))


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _answer(
    session: Session, request: SubscriptionRequest, *, links: Links, now: datetime
) -> Answer:
    if request.address is None:
        return Answer.BROKEN
    address = keyring(session).open(
        request.address, column=REQUEST_COLUMN, row=request.address_index
    )
    if full := _full(session, request, address, now=now):
        return full
    try:
        asked = subscribers.Asked(
            address=address,
            topics=request.topics,
            language=request.language,
            wording_hash=request.wording_hash,
            source=request.source,
        )
        subscribers.request(session, asked, links=links, now=now)
    except topics.UnknownTopic:
        return Answer.BROKEN  # retired between the post and now
    return Answer.TAKEN


def _full(
    session: Session, request: SubscriptionRequest, address: str, *, now: datetime
) -> Answer | None:
    """Return which cap is full, or count the request against all of them.

    The address comes first: a flood for one victim must not use up what others share.
    """
    large = providers.provider_of(addresses.canonical_domain(address)) is not None
    shares = [
        (caps.ADDRESS, request.canonical_index, Answer.ADDRESS_FULL),
        (caps.UNANSWERED, request.canonical_index, Answer.ADDRESS_FULL),
        (caps.NETWORK, request.network_tag, Answer.NETWORK_FULL),
        (caps.LARGE_DOMAIN if large else caps.DOMAIN, request.domain_tag, Answer.DOMAIN_FULL),
        (caps.ALL, _EVERYBODY, Answer.ALL_FULL),
    ]
    known = [(limit, key, full) for limit, key, full in shares if key is not None]
    for limit, key, full in known:
        if not caps.has_room(session, limit, key, now=now):
            return full
    for limit, key, _ in known:
        caps.count(session, limit, key, now=now)
    return None
