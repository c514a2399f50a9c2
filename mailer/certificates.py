"""Certificates: the OpenPGP key a reader gave us, kept sealed, and the mails that are encrypted to it.

Whoever gave a key gets no release in clear again until they take it away: not when it has expired, not
when the library that encrypts is missing here.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from db.sealed import CannotOpen, Keyring, UnknownKey, keyring
from mailer import addresses, outbox, pgp, pgp_mime
from mailer.composing import Copy
from mailer.deliveries import Due
from mailer.links import Links
from mailer.models.subscribers import PGP_COLUMN, Subscriber
from mailer.outbox import Letter
from mailer.pgp import Certificate
from mailer.smtp.content import Content

KEY_EXPIRED: Final = "key-expired"
"""The mail that says why no release came; it says nothing of a release."""
NOT_HERE: Final = "encryption is not available here"
UNREADABLE: Final = "the stored OpenPGP key was moved or changed and cannot be read"

log = logging.getLogger(__name__)


class Withheld(Exception):
    """A mail is not sent because it cannot be encrypted to its reader's key; the message says why."""


def keep(session: Session, subscriber: Subscriber, certificate: Certificate) -> None:
    """Have a subscriber's mails encrypted from now on."""
    subscriber.pgp_certificate = keyring(session).seal(
        certificate.armored, column=PGP_COLUMN, row=subscriber.address_index
    )


def remove(subscriber: Subscriber) -> None:
    """Have a subscriber's mails sent in clear again."""
    subscriber.pgp_certificate = None


def held(session: Session, subscriber: Subscriber, *, now: datetime) -> Certificate | None:
    """Return a subscriber's certificate; raise pgp.BadCertificate where it has ended, pgp.Unavailable."""
    if subscriber.pgp_certificate is None:
        return None
    keys, index = keyring(session), subscriber.address_index
    return _opened(keys, subscriber.pgp_certificate, index, now=now)


def count(session: Session) -> int:
    """Return how many subscribers gave one."""
    has_one = Subscriber.pgp_certificate.is_not(None)
    return session.scalar(select(func.count()).select_from(Subscriber).where(has_one)) or 0


def protect(session: Session, copy: Copy, due: Due, *, links: Links, now: datetime) -> Copy:
    """Return a reader's copy of a release, encrypted where they gave a key; raise Withheld."""
    if due.certificate is None or due.subscriber_id is None:
        return copy
    try:
        return _encrypted(session, copy, due.certificate, due.address_index, now=now)
    except pgp.BadCertificate as bad:
        tell(session, due.subscriber_id, links=links, now=now)
        raise Withheld(str(bad)) from None


def protect_letter(session: Session, copy: Copy, letter: Letter, *, now: datetime) -> Copy:
    """Return a mail about a reader's own subscription, encrypted where they gave a key; raise Withheld.

    Where the key has ended it goes in clear: else they could never replace it.
    """
    if letter.certificate is None:
        return copy
    try:
        return _encrypted(session, copy, letter.certificate, letter.address_index, now=now)
    except pgp.BadCertificate:
        return copy


def tell(session: Session, subscriber_id: int, *, links: Links, now: datetime) -> None:
    """Tell a reader, in clear and at most once a week, that their key can no longer be encrypted to."""
    last = outbox.last_queued(session, subscriber_id, KEY_EXPIRED)
    if last is not None and now - last < timedelta(seconds=limits.KEY_EXPIRED_SECONDS):
        return
    subscriber = session.get_one(Subscriber, subscriber_id)
    outbox.queue(
        session,
        template=KEY_EXPIRED,
        address=addresses.unseal(keyring(session), subscriber.address, subscriber.address_index),
        language=subscriber.language,
        context={"manage_url": links.manage(subscriber.id, subscriber.token_version)},
        subscriber_id=subscriber.id,
        now=now,
        expires_at=now + timedelta(seconds=limits.KEY_EXPIRED_SECONDS),
    )


def _encrypted(
    session: Session, copy: Copy, blob: bytes, address_index: bytes, *, now: datetime
) -> Copy:
    try:
        certificate = _opened(keyring(session), blob, address_index, now=now)
        return replace(
            copy, content=Content.of(pgp_mime.encrypted(copy.content.message, certificate))
        )
    except pgp.Unavailable:
        log.warning("a reader has an OpenPGP key, but pysequoia is not installed here")
        raise Withheld(NOT_HERE) from None
    except UnknownKey:
        raise  # nothing is wrong with the reader: the operator must give the key back
    except CannotOpen:
        raise Withheld(UNREADABLE) from None


def _opened(keys: Keyring, blob: bytes, address_index: bytes, *, now: datetime) -> Certificate:
    return pgp.read(keys.open(blob, column=PGP_COLUMN, row=address_index), now=now)
