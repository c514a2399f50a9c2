"""The outbox: the one door by which any room has a mail sent that belongs to no announcement.

The caller writes the mail's row in the transaction that makes it true; after the commit the edge rings
the bell. What was not committed was never said.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from mailer.models.deliveries import Batch, Delivery, OutboxMail, Queue

ADDRESS = "outbox_mail.address"
CONTEXT = "outbox_mail.context"


@dataclass(frozen=True, slots=True)
class Letter:
    """What an outbox mail says, opened: template, language, address and the template's context."""

    template: str
    language: str
    reference: uuid.UUID
    address: str
    context: Mapping[str, object]
    expires_at: datetime


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
) -> int:
    """Queue one mail and return its delivery's id; `context` must be JSON."""
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
                context=keys.seal(json.dumps(context), column=CONTEXT, row=reference.bytes),
                subscriber_id=subscriber_id,
                expires_at=expires_at,
            ),
            Batch(
                queue=Queue.TX,
                first_delivery_id=delivery.id,
                last_delivery_id=delivery.id,
                due_at=now,
            ),
        ]
    )
    return delivery.id


def letter(session: Session, delivery_id: int) -> Letter:
    """Open the outbox mail of a delivery."""
    keys = keyring(session)
    row = session.get_one(OutboxMail, delivery_id)
    return Letter(
        template=row.template,
        language=row.language,
        reference=row.reference,
        address=keys.open(row.address, column=ADDRESS, row=row.reference.bytes),
        context=json.loads(keys.open(row.context, column=CONTEXT, row=row.reference.bytes)),
        expires_at=row.expires_at,
    )


def last_queued(session: Session, subscriber_id: int, template: str) -> datetime | None:
    """Return when a mail of this kind was last queued for a subscriber."""
    return session.scalar(
        select(OutboxMail.created_at)
        .where(OutboxMail.subscriber_id == subscriber_id, OutboxMail.template == template)
        .order_by(OutboxMail.created_at.desc())
        .limit(1)
    )
