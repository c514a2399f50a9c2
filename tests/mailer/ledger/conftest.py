"""A frozen announcement to a few readers, and holders that claim its batches without any relay."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from config import limits
from db.base import db
from db.session import transaction
from mailer import audience, claims, deliveries, recovery
from mailer.claims import Claim
from mailer.deliveries import Outcome
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Batch, Delivery, DeliveryState, Queue
from mailer.progress import Progress, of
from tests import builders
from tests.cast import Staff, hire

RELAY = "mail.example.org:25"
Announce = Callable[..., int]


@pytest.fixture
def announced(app: Flask, staff: Callable[..., Staff]) -> Announce:
    """Announce a release to that many readers, in batches of `size`; return the announcement's id."""
    builders.number_anew()

    def announce(readers: int, *, size: int = 50) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(limits, "BATCH_SIZE", size)
            patch.setattr(limits, "WINDOW_SIZE", min(size, limits.WINDOW_SIZE))
            patch.setattr(limits, "BATCHES_PER_CHUNK", 1)
            return _announce(readers)

    return announce


def _announce(readers: int) -> int:
    builders.subscribers(readers)
    id_ = builders.announcement(builders.release(), author=hire("chen"), approver=hire("dana"))
    with transaction() as session:
        while audience.freeze(session, id_, now=now()):
            pass
    return id_


def now() -> datetime:
    """Return the time, as workers read it."""
    return datetime.now(UTC)


def claim(
    queue: Queue = Queue.BULK, *, holder: UUID | None = None, resend: bool = True
) -> Claim | None:
    """Claim a batch in a transaction of its own, as one that has nobody's journal."""
    with transaction() as session:
        got = claims.claim(session, queue, holder=holder or uuid4())
        if got is not None:
            recovery.take_over(session, got, None, resend=resend, now=now())
        return got


def claimed(queue: Queue = Queue.BULK, *, resend: bool = True) -> Claim:
    """Claim a batch that is there."""
    got = claim(queue, resend=resend)
    assert got is not None
    return got


def at_hand() -> list[int]:
    """Return the ids of what is in an open window."""
    query = f"SELECT delivery.id FROM delivery, batch WHERE {claims.AT_HAND} ORDER BY 1"  # noqa: S608 - our own words
    with transaction() as session:
        return list(session.scalars(text(query)))


def window(held: Claim, after: int = 0) -> list[int]:
    """Read and mark the next window; return the ids of its deliveries."""
    with transaction() as session:
        return [due.id for due in deliveries.window(session, held, after=after)]


def settle(held: Claim, *outcomes: Outcome) -> bool:
    """Settle outcomes in a transaction of their own."""
    with transaction() as session:
        return deliveries.settle(session, held, outcomes)


def release(held: Claim, *, due_at: datetime | None = None) -> bool:
    """Give a batch back in a transaction of its own."""
    with transaction() as session:
        return claims.release(session, held, due_at=due_at)


def accepted(*ids: int) -> list[Outcome]:
    """Return outcomes that say the relay took these."""
    return [Outcome(id_, DeliveryState.ACCEPTED, reason="250 2.0.0") for id_ in ids]


def deferred(id_: int, *, seconds: float = 3600) -> Outcome:
    """Return an outcome that says try again later."""
    next_try = now() + timedelta(seconds=seconds)
    return Outcome(id_, DeliveryState.DEFERRED, reason="4.7.1 later", next_try_at=next_try)


def states(ids: Sequence[int] = ()) -> list[str]:
    """Return the states of all deliveries in their order, or of these."""
    found = select(Delivery.state).order_by(Delivery.id)
    with transaction() as session:
        return list(session.scalars(found.where(Delivery.id.in_(ids)) if ids else found))


def delivery(id_: int) -> Delivery:
    """Return a delivery as the table has it."""
    with transaction() as session:
        return session.get_one(Delivery, id_)


def batch(id_: int) -> Batch:
    """Return a batch as the table has it."""
    with transaction() as session:
        return session.get_one(Batch, id_)


def progress(announcement_id: int) -> Progress:
    """Count an announcement's deliveries."""
    with transaction() as session:
        return of(session, session.get_one(Announcement, announcement_id))


def expire_leases() -> None:
    """Let every lease run out now."""
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE batch SET leased_until = now() - interval '1 second'"))
