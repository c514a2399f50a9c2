"""The outbox: the one door by which any room has a mail sent that belongs to no announcement.

The caller writes the mail's row in the transaction that makes it true; after the commit the edge rings
the bell. What was not committed was never said.
"""

import base64
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from mailer.models.deliveries import Batch, Delivery, DeliveryState, OutboxMail, Queue
from mailer.models.subscribers import Subscriber

ADDRESS = "outbox_mail.address"
CONTEXT = "outbox_mail.context"


_ATTACHED: Final = "@attached"
"""Where the files stand in the sealed context: no template can have a name like this."""


class TooHeavy(ValueError):
    """The files of one mail are larger than an outbox mail may carry."""

    def __init__(self) -> None:
        super().__init__("These files are too large for a mail; offer them on a page.")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that travels in an outbox mail, such as a receipt; it is kept sealed as the mail's words are."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What an outbox mail says, opened: template, language, address and the template's context."""

    template: str
    language: str
    reference: uuid.UUID
    address: str
    context: Mapping[str, object]
    expires_at: datetime
    plain_only: bool = False
    #: The key of its reader to encrypt to, sealed and bound to the index of their address.
    certificate: bytes | None = None
    address_index: bytes = b""
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Queued:
    """A mail that the outbox holds: which kind, since when, and where its delivery stands."""

    delivery_id: int
    template: str
    queued_at: datetime
    state: DeliveryState


class Emptied(LookupError):
    """A mail was emptied before it was sent: its person was erased, or took back what it is about."""


EMPTIED_ONCE_SENT: Final = frozenset({"erased", "donor-erased"})
"""Mails of which nothing is kept once they are through: the last word to who is erased."""


def queue(
    session: Session,
    *,
    template: str,
    address: str,
    language: str,
    context: Mapping[str, object],
    now: datetime,
    expires_at: datetime,
    subscriber_id: int | None = None,
    attached: Sequence[Attached] = (),
) -> int:
    """Queue one mail and return its delivery's id; `context` must be JSON. Raise TooHeavy."""
    keys, reference = keyring(session), uuid.uuid4()
    delivery = Delivery()
    session.add(delivery)
    session.flush()  # the batch and the mail name the delivery by its number
    session.add_all(
        [
            OutboxMail(
                delivery_id=delivery.id,
                template=template,
                language=language,
                reference=reference,
                address=keys.seal(address, column=ADDRESS, row=reference.bytes),
                context=keys.seal(
                    json.dumps({**context, **_packed(attached)}),
                    column=CONTEXT,
                    row=reference.bytes,
                ),
                subscriber_id=subscriber_id,
                expires_at=expires_at,
            ),
            Batch(
                queue=Queue.TX,
                first_delivery_id=delivery.id,
                last_delivery_id=delivery.id,
                # Where this host's clock is ahead of the database's, it would wait for that.
                due_at=func.least(now, func.now()),
            ),
        ]
    )
    return delivery.id


def addressed(session: Session, address: str, templates: Collection[str]) -> list[Queued]:
    """Return the mails of these templates to an address that were not emptied, the oldest first.

    An address can be found by opening each: those of the last `RETAIN_MAILS_DAYS`, which are no subscriber's.
    """
    keys, mail = keyring(session), OutboxMail
    kept = session.execute(
        select(mail.reference, mail.address, mail.delivery_id, mail.template, mail.created_at)
        .add_columns(Delivery.state)
        .join(Delivery, Delivery.id == mail.delivery_id)
        .where(mail.subscriber_id.is_(None), mail.template.in_(templates), mail.address != b"")
        .order_by(mail.delivery_id)
    )
    return [
        Queued(*told)
        for reference, sealed, *told in kept
        if keys.open(sealed, column=ADDRESS, row=reference.bytes) == address
    ]


def letter(session: Session, delivery_id: int) -> Letter:
    """Open the outbox mail of a delivery; raise Emptied."""
    keys = keyring(session)
    row = session.get_one(OutboxMail, delivery_id)
    if not row.address:
        raise Emptied
    reader = session.get(Subscriber, row.subscriber_id) if row.subscriber_id else None
    context = json.loads(keys.open(row.context, column=CONTEXT, row=row.reference.bytes))
    attached = _unpacked(context.pop(_ATTACHED, ()))
    return Letter(
        template=row.template,
        language=row.language,
        reference=row.reference,
        address=keys.open(row.address, column=ADDRESS, row=row.reference.bytes),
        context=context,
        expires_at=row.expires_at,
        plain_only=reader is not None and reader.plain_only,
        certificate=reader.pgp_certificate if reader else None,
        address_index=reader.address_index if reader else b"",
        attached=attached,
    )


def expires_at(session: Session, delivery_id: int) -> datetime:
    """Return until when a delivery's outbox mail is of use; no key is needed to know."""
    return session.get_one(OutboxMail, delivery_id).expires_at


def empty(session: Session, delivery_ids: Sequence[int]) -> None:
    """Empty mails of their address and their words; their deliveries stay."""
    session.execute(
        update(OutboxMail)
        .where(OutboxMail.delivery_id.in_(delivery_ids))
        .values(address=b"", context=b"")
    )


def empty_sent(session: Session, first: int, last: int) -> None:
    """Empty what must not be kept of the mails in a batch that is through."""
    session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.delivery_id.between(first, last),
            OutboxMail.template.in_(EMPTIED_ONCE_SENT),
        )
        .values(address=b"", context=b"")
    )


def last_queued(session: Session, subscriber_id: int, template: str) -> datetime | None:
    """Return when a mail of this kind was last queued for a subscriber."""
    return session.scalar(
        select(OutboxMail.created_at)
        .where(OutboxMail.subscriber_id == subscriber_id, OutboxMail.template == template)
        .order_by(OutboxMail.created_at.desc())
        .limit(1)
    )


def _packed(attached: Sequence[Attached]) -> dict[str, object]:
    """Return files as JSON for the context; what travels in no mail adds nothing to it."""
    if not attached:
        return {}
    if sum(len(file.content) for file in attached) > limits.OUTBOX_ATTACHED_BYTES:
        raise TooHeavy
    packed = [
        [file.name, file.media_type, base64.b64encode(file.content).decode()] for file in attached
    ]
    return {_ATTACHED: packed}


def _unpacked(packed: Sequence[Any]) -> tuple[Attached, ...]:
    return tuple(
        Attached(name, media_type, base64.b64decode(content))
        for name, media_type, content in packed
    )
