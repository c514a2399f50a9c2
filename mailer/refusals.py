"""What a relay's refusal means for the delivery, and for the person."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer import retries, subscribers
from mailer.deliveries import Due, Outcome
from mailer.models.deliveries import Delivery, DeliveryState, Queue
from mailer.models.subscribers import Subscriber
from mailer.smtp.failures import PermanentFailure, Refusal, TemporaryFailure

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
GONE = "address refused"
"""Why a subscriber ended whose address does not exist any more."""


def outcome(
    due: Due, refusal: Refusal, *, queue: Queue, now: datetime, give_up_at: datetime, luck: float
) -> Outcome:
    """Return what a refusal makes of a delivery: refused for good, or deferred until a later try."""
    reason = describe(refusal)
    if isinstance(refusal, PermanentFailure):
        gone = refusal.scope == "address"
        return Outcome(due.id, DeliveryState.REFUSED, reason=reason, suppress=gone)
    next_try = retries.next_try(due.attempts + 1, queue, now=now, luck=luck)
    if next_try > give_up_at:
        return Outcome(due.id, DeliveryState.REFUSED, reason=f"gave up: {reason}")
    return Outcome(due.id, DeliveryState.DEFERRED, reason=reason, next_try_at=next_try)


def broken_off(reason: str) -> TemporaryFailure:
    """Return the refusal that a message amounts to which breaks each connection it is offered on."""
    return TemporaryFailure("4.4.2", reason)


def describe(refusal: Refusal) -> str:
    """Return the relay's answer without any address in it: relays like to repeat the reader's."""
    return f"{refusal.code} {_ADDRESS.sub('…', refusal.text)}"


def suppress(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """End the subscribers whose address the relay says does not exist, and suppress it."""
    gone = [o.delivery_id for o in outcomes if o.suppress]
    if not gone:
        return
    readers = session.scalars(
        select(Subscriber)
        .join(Delivery, Delivery.subscriber_id == Subscriber.id)
        .where(Delivery.id.in_(gone))
        .order_by(Subscriber.id)
        .with_for_update()
    )
    for reader in readers.all():
        subscribers.end(session, reader, reason=GONE, source="relay", now=now)
