"""Disclosure: everything that is held about one person, opened, as plain values for a JSON file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from mailer import addresses
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Delivery, OutboxMail
from mailer.models.releases import Release
from mailer.models.requests import CHANGE_COLUMN, AddressChange, SubscriptionRequest
from mailer.models.subscribers import (
    PGP_COLUMN,
    ConfirmToken,
    ConsentEvent,
    ConsentWording,
    Subscriber,
    Suppression,
)

Record = dict[str, Any]
"""What JSON can say of one row."""


def gather(session: Session, subscriber: Subscriber) -> Record:
    """Return all that is held about a subscriber; times are ISO 8601 in UTC."""
    return {
        "subscriber": _subscriber(session, subscriber),
        "topics": [{"slug": t.slug, "name": t.name} for t in subscriber.topics],
        "consent_events": _consent(session, subscriber.id),
        "releases_mailed": _releases(session, subscriber.id),
        "other_mails": _mails(session, subscriber.id),
        "confirmation_links": _links(session, subscriber.id),
        "address_changes": _changes(session, subscriber.id),
        "requests": _requests(session, subscriber.address_index),
        "suppression": _suppression(session, subscriber.address_index),
    }


def _subscriber(session: Session, row: Subscriber) -> Record:
    keys, index = keyring(session), row.address_index
    return {
        "number": row.id,
        "address": addresses.unseal(keys, row.address, index),
        "state": row.state.value,
        "language": row.language,
        "plain_only": row.plain_only,
        "paused_until": _time(row.paused_until),
        "created_at": _time(row.created_at),
        "confirmed_at": _time(row.confirmed_at),
        "ended_at": _time(row.ended_at),
        "ended_reason": row.ended_reason,
        "pgp_certificate": row.pgp_certificate
        and keys.open(row.pgp_certificate, column=PGP_COLUMN, row=index),
    }


def _consent(session: Session, subscriber_id: int) -> list[Record]:
    rows = session.execute(
        select(ConsentEvent, ConsentWording.text)
        .outerjoin(ConsentWording, ConsentWording.hash == ConsentEvent.wording_hash)
        .where(ConsentEvent.subscriber_id == subscriber_id)
        .order_by(ConsentEvent.id)
    ).all()
    return [
        {
            "kind": event.kind.value,
            "at": _time(event.at),
            "source": event.source,
            "topics": event.topics,
            "reason": event.reason,
            "wording": wording,
        }
        for event, wording in rows
    ]


def _releases(session: Session, subscriber_id: int) -> list[Record]:
    rows = session.execute(
        select(Delivery, Release.slug)
        .join(Announcement, Announcement.id == Delivery.announcement_id)
        .join(Release, Release.id == Announcement.release_id)
        .where(Delivery.subscriber_id == subscriber_id)
        .order_by(Delivery.id)
    ).all()
    return [{"release": slug, **_delivery(delivery)} for delivery, slug in rows]


def _mails(session: Session, subscriber_id: int) -> list[Record]:
    rows = session.execute(
        select(Delivery, OutboxMail)
        .join(OutboxMail, OutboxMail.delivery_id == Delivery.id)
        .where(OutboxMail.subscriber_id == subscriber_id)
        .order_by(Delivery.id)
    ).all()
    return [
        {
            "kind": mail.template,
            "language": mail.language,
            "queued_at": _time(mail.created_at),
            **_delivery(delivery),
        }
        for delivery, mail in rows
    ]


def _delivery(row: Delivery) -> Record:
    return {
        "state": row.state.value,
        "attempts": row.attempts,
        "answer": row.reason,
        "settled_at": _time(row.settled_at),
    }


def _links(session: Session, subscriber_id: int) -> list[Record]:
    rows = _rows(session, ConfirmToken, ConfirmToken.subscriber_id == subscriber_id)
    return [
        {"issued_at": _time(r.issued_at), "used_at": _time(r.used_at), "topics": r.topics}
        for r in rows
    ]


def _changes(session: Session, subscriber_id: int) -> list[Record]:
    keys = keyring(session)
    return [
        {
            "asked_at": _time(row.asked_at),
            "done_at": _time(row.done_at),
            "new_address": keys.open(row.address, column=CHANGE_COLUMN, row=row.address_index)
            if row.address
            else None,
        }
        for row in _rows(session, AddressChange, AddressChange.subscriber_id == subscriber_id)
    ]


def _requests(session: Session, address_index: bytes) -> list[Record]:
    found = SubscriptionRequest.address_index == address_index
    return [
        {
            "asked_at": _time(row.asked_at),
            "source": row.source,
            "topics": row.topics,
            "language": row.language,
            "answered_at": _time(row.answered_at),
            "answer": row.answer,
        }
        for row in _rows(session, SubscriptionRequest, found)
    ]


def _suppression(session: Session, address_index: bytes) -> Record | None:
    row = session.get(Suppression, address_index)
    return {"reason": row.reason, "since": _time(row.created_at)} if row else None


def _rows(session: Session, model: type[Any], condition: Any) -> Sequence[Any]:  # noqa: ANN401 - any table, any condition
    return session.scalars(select(model).where(condition)).all()


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
