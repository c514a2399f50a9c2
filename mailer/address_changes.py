"""Address changes: a subscriber wishes to be reached elsewhere, and both addresses are told.

1. `ask` writes the wish down and mails both: the new address a link, the old one that somebody asked.
2. `confirm`, by the new address alone, moves the subscription: every link mailed to the old one ends, and the
   old address is told that it was the last mail there.

Nothing here lifts a suppression, and nobody who asks learns whether an address was known before.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer import addresses, caps, consent, outbox, stripping, suppressions
from mailer.caps import Limit
from mailer.links import Links
from mailer.models.deliveries import OutboxMail
from mailer.models.requests import CHANGE_COLUMN, AddressChange
from mailer.models.subscribers import PGP_COLUMN, ConsentKind, Subscriber, SubscriberState
from mailer.preferences import NotOnTheList
from mailer.tokens import TokenDamaged

TEMPLATE: Final = "address-change"
DONE: Final = "address-changed"
_KEPT_FOR: Final = timedelta(seconds=limits.ADDRESS_CHANGE_TOKEN_SECONDS)
_A_DAY: Final = Limit("address change", limits.ADDRESS_CHANGES_A_DAY, timedelta(days=1))


class SameAddress(ValueError):
    """The subscription goes to this address already; another one is wanted."""


def ask(
    session: Session, subscriber: Subscriber, address: str, *, links: Links, now: datetime
) -> None:
    """Write down that a subscriber, whose row the caller holds, wants their mails at another address.

    A new wish takes the place of an older one. Past the caps nothing is mailed, and nobody is told so.
    Raise SameAddress, NotOnTheList.
    """
    if subscriber.state is not SubscriberState.CONFIRMED:
        raise NotOnTheList
    index, key = addresses.index(keyring(session), address), subscriber.id.to_bytes(8, "big")
    if index == subscriber.address_index:
        raise SameAddress
    if not caps.has_room(session, _A_DAY, key, now=now):
        return
    caps.count(session, _A_DAY, key, now=now)
    cancel(session, subscriber.id)
    _tell_old(session, subscriber, links=links, now=now)
    if not suppressions.holds(session, index) and _counts(session, address, now=now):
        holder = _holder(session, index)
        url = _open(session, subscriber, address, links, now) if holder is None else ""
        _tell_new(session, holder or subscriber, address, url, links=links, now=now)


def open_ones(session: Session, subscriber_id: int, *, now: datetime) -> Sequence[AddressChange]:
    """Return the wishes of a subscriber that may still be confirmed."""
    return session.scalars(
        select(AddressChange).where(
            AddressChange.subscriber_id == subscriber_id,
            AddressChange.done_at.is_(None),
            AddressChange.asked_at > now - _KEPT_FOR,
        )
    ).all()


def cancel(session: Session, subscriber_id: int) -> None:
    """Take back whatever was asked and is not confirmed yet; a mail about it that waits is not sent."""
    # Else the address of somebody who is no subscriber would stay in the outbox, where nobody looks.
    mails = select(OutboxMail.delivery_id).where(
        OutboxMail.subscriber_id == subscriber_id, OutboxMail.template == TEMPLATE
    )
    outbox.empty(session, session.scalars(mails).all())
    session.execute(
        delete(AddressChange).where(
            AddressChange.subscriber_id == subscriber_id, AddressChange.done_at.is_(None)
        )
    )


def check(session: Session, jti: str) -> None:
    """Raise TokenDamaged unless a link with this `jti` was mailed and still stands for a wish."""
    _named(session, jti)


def confirm(session: Session, jti: str, *, links: Links, now: datetime) -> bool:
    """Move a subscription to the address that got this link; return whether it is there now.

    A second press changes nothing. Raise TokenDamaged.
    """
    # The subscriber first, then the wish: erasure locks them in this order too.
    session.get(Subscriber, _named(session, jti).subscriber_id, with_for_update=True)
    change = _named(session, jti)
    subscriber = session.get_one(Subscriber, change.subscriber_id, populate_existing=True)
    if change.done_at is not None:
        return True
    if subscriber.state is not SubscriberState.CONFIRMED or not _give_way(session, change, now):
        return False
    old = _address(session, subscriber)
    try:
        with session.begin_nested():
            _move(session, subscriber, change)
    except IntegrityError:  # somebody took the address in this very moment
        return False
    change.done_at, change.address = now, b""
    cancel(session, subscriber.id)
    _mail(session, subscriber, DONE, old, {"subscribe_url": links.subscribe()}, now=now)
    keys, address = keyring(session), _address(session, subscriber)
    caps.forget(session, caps.UNANSWERED, keys.index("canonical", addresses.canonical(address)))
    consent.record(
        session,
        subscriber,
        ConsentKind.CONFIRMED,
        at=now,
        source="address change link",
        topics=[topic.slug for topic in subscriber.topics],
    )
    return True


def _named(session: Session, jti: str) -> AddressChange:
    found = session.scalar(
        select(AddressChange)
        .where(AddressChange.jti_hash == _hash(jti))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise TokenDamaged
    return found


def _give_way(session: Session, change: AddressChange, now: datetime) -> bool:
    """Return whether the new address is free; who once typed it and never confirmed makes room."""
    if suppressions.holds(session, change.address_index):
        return False
    holder = session.scalar(
        select(Subscriber).where(Subscriber.address_index == change.address_index).with_for_update()
    )
    if holder is not None and holder.state is not SubscriberState.PENDING:
        return False
    if holder is not None:
        stripping.strip(session, [holder.id], reason="address taken over", now=now)
    return True


def _move(session: Session, subscriber: Subscriber, change: AddressChange) -> None:
    keys, old = keyring(session), subscriber.address_index
    address = keys.open(change.address, column=CHANGE_COLUMN, row=change.address_index)
    if subscriber.pgp_certificate:
        # Sealed to the old address: without this the mails to the new one would be open ones.
        certificate = keys.open(subscriber.pgp_certificate, column=PGP_COLUMN, row=old)
        subscriber.pgp_certificate = keys.seal(
            certificate, column=PGP_COLUMN, row=change.address_index
        )
    subscriber.address = addresses.seal(keys, address)
    subscriber.address_index = change.address_index
    subscriber.token_version += 1
    session.flush()


def _open(
    session: Session, subscriber: Subscriber, address: str, links: Links, now: datetime
) -> str:
    keys, jti = keyring(session), secrets.token_urlsafe(16)
    index = addresses.index(keys, address)
    session.add(
        AddressChange(
            subscriber_id=subscriber.id,
            jti_hash=_hash(jti),
            address=keys.seal(address, column=CHANGE_COLUMN, row=index),
            address_index=index,
            asked_at=now,
        )
    )
    return links.address_change(links.tokens.address_change(jti, now=now))


def _tell_new(
    session: Session,
    subscriber: Subscriber,
    address: str,
    confirm_url: str,
    *,
    links: Links,
    now: datetime,
) -> None:
    """Mail the new address its link; without one, that it is on the list already.

    The mail belongs to whoever holds the address, so that it goes when they are erased.
    """
    context: dict[str, object] = {
        "confirm_url": confirm_url,
        "subscribe_url": links.subscribe(),
        "hours": limits.ADDRESS_CHANGE_TOKEN_SECONDS // 3600,
    }
    _mail(session, subscriber, TEMPLATE, address, context, now=now)


def _tell_old(session: Session, subscriber: Subscriber, *, links: Links, now: datetime) -> None:
    """Mail the address we have that somebody asked, and where to stop it; the new one is not named."""
    url = links.manage(subscriber.id, subscriber.token_version)
    address = _address(session, subscriber)
    _mail(session, subscriber, "address-change-told", address, {"manage_url": url}, now=now)


def _mail(
    session: Session,
    subscriber: Subscriber,
    template: str,
    address: str,
    context: dict[str, object],
    *,
    now: datetime,
) -> None:
    outbox.queue(
        session,
        template=template,
        address=address,
        language=subscriber.language,
        context=context,
        subscriber_id=subscriber.id,
        now=now,
        expires_at=now + _KEPT_FOR,
    )


def _address(session: Session, subscriber: Subscriber) -> str:
    return addresses.unseal(keyring(session), subscriber.address, subscriber.address_index)


def _counts(session: Session, address: str, *, now: datetime) -> bool:
    """Count a mail to an address that may be a stranger's, with those of the subscribe form."""
    key = keyring(session).index("canonical", addresses.canonical(address))
    if not all(
        caps.has_room(session, cap, key, now=now) for cap in (caps.ADDRESS, caps.UNANSWERED)
    ):
        return False
    for cap in (caps.ADDRESS, caps.UNANSWERED):
        caps.count(session, cap, key, now=now)
    return True


def _holder(session: Session, index: bytes) -> Subscriber | None:
    """Return whose address it is; who never confirmed would make room."""
    found = session.scalar(select(Subscriber).where(Subscriber.address_index == index))
    return None if found is None or found.state is SubscriberState.PENDING else found


def _hash(jti: str) -> bytes:
    return hashlib.sha256(jti.encode()).digest()
