"""Rotation: what is sealed under an older key is sealed anew under the newest, chunk by chunk, while we run.

Readers and writers go on meanwhile: every key of the ring opens, and a process that meets the newest
key's name in a blob reads its ring anew. A chunk locks its rows only, and skips rows that are in use.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.sealed import CannotOpen, Keyring, keyring, prefix
from mailer import addresses, outbox
from mailer.models.deliveries import OutboxMail
from mailer.models.requests import AddressChange, SubscriptionRequest
from mailer.models.subscribers import Subscriber

log = logging.getLogger(__name__)

CHUNK = 1_000
PGP_COLUMN = "subscriber.pgp_certificate"
REQUEST_COLUMN = "subscription_request.address"
CHANGE_COLUMN = "address_change.address"
"""What these columns' values are bound to, besides the blind index of the address."""


@dataclass(frozen=True)
class Sealed:
    """One sealed column: what its blobs are bound to besides the row."""

    model: type[Any]
    attribute: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]
    column: str
    row: Callable[[Any], bytes]


SEALED = (
    Sealed(Subscriber, Subscriber.address, addresses.COLUMN, lambda row: row.address_index),
    Sealed(Subscriber, Subscriber.pgp_certificate, PGP_COLUMN, lambda row: row.address_index),
    Sealed(
        SubscriptionRequest,
        SubscriptionRequest.address,
        REQUEST_COLUMN,
        lambda row: row.address_index,
    ),
    Sealed(AddressChange, AddressChange.address, CHANGE_COLUMN, lambda row: row.address_index),
    Sealed(OutboxMail, OutboxMail.address, outbox.ADDRESS, lambda row: row.reference.bytes),
    Sealed(OutboxMail, OutboxMail.context, outbox.CONTEXT, lambda row: row.reference.bytes),
)
"""Every column that holds a blob; a test compares this with the tables."""


def left(session: Session) -> int:
    """Count the values that are still sealed under an older key."""
    keys = keyring(session)
    return sum(
        session.scalar(select(func.count()).select_from(s.model).where(_older(s, keys))) or 0
        for s in SEALED
    )


def reseal(session: Session) -> int:
    """Seal the next chunk anew; return how many values that were, 0 when nothing is left to do now."""
    keys = keyring(session)
    return sum(_reseal(session, sealed, keys) for sealed in SEALED)


def _reseal(session: Session, sealed: Sealed, keys: Keyring) -> int:
    number = inspect(sealed.model).primary_key[0]
    chunk = (
        select(sealed.model)
        .where(_older(sealed, keys))
        .order_by(number)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(chunk).all()
    while rows:
        if done := sum(_reseal_row(row, sealed, keys) for row in rows):
            return done
        # A whole chunk that does not open must not hide what lies behind it.
        last = getattr(rows[-1], number.key)
        rows = session.scalars(chunk.where(number > last)).all()
    return 0


def _reseal_row(row: object, sealed: Sealed, keys: Keyring) -> bool:
    """Seal one value anew; leave one that does not open as it is, so that it stops nobody else's."""
    blob, bound = getattr(row, sealed.attribute.key), sealed.row(row)
    try:
        value = keys.open(blob, column=sealed.column, row=bound)
    except CannotOpen as fault:
        log.warning("a value in %s cannot be sealed anew: %s", sealed.column, fault)
        return False
    setattr(row, sealed.attribute.key, keys.seal(value, column=sealed.column, row=bound))
    return True


def _older(sealed: Sealed, keys: Keyring) -> ColumnElement[bool]:
    newest = prefix(keys.newest)
    # Empty where a person was erased.
    return and_(
        func.length(sealed.attribute) > 0,
        func.substring(sealed.attribute, 1, len(newest)) != newest,
    )
