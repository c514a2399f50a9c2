"""Claims: a batch is one worker's alone for a while, and everything it writes is fenced by that.

A batch is its holder's while its row names that holder and the lease has not run out. Each step begins by
renewing the lease, which locks the batch's row for the transaction: what follows in the same transaction
cannot be overtaken. No transaction is open while a mail travels.

What the holder has at hand is its window, marked on the same row: open from the commit that read consent to
the one that settles what became of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from config import limits
from mailer.models.deliveries import Queue


class LeaseLost(Exception):
    """Another worker has taken the batch over; whoever held it must stop at once."""


class WindowOpen(Exception):
    """A window was to be opened before the one before it was closed: a fault of this program."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that this holder has to itself for a while."""

    batch_id: int
    holder: UUID
    queue: Queue
    announcement_id: int | None
    first_delivery_id: int
    last_delivery_id: int
    #: Who held it before and did not give it back.
    lost: UUID | None = None


# A slow announcement is one sender's: others would only wait at its gate, and keep a fast one waiting.
_CLAIMABLE = """
          FROM batch LEFT JOIN announcement ON announcement.id = batch.announcement_id
         WHERE batch.closed_at IS NULL AND batch.queue = :queue AND batch.due_at <= now()
           AND (batch.leased_until IS NULL OR batch.leased_until < now())
           AND (batch.announcement_id IS NULL OR announcement.state = 'sending')
           AND (announcement.rate IS NULL OR announcement.rate > :one_sender OR NOT EXISTS (
                SELECT FROM batch AS held
                 WHERE held.announcement_id = batch.announcement_id AND held.closed_at IS NULL
                   AND held.holder IS NOT NULL AND held.leased_until > now()))
"""
_DUE = text(f"SELECT count(*) FROM (SELECT 1 {_CLAIMABLE} LIMIT :limit) AS due")  # noqa: S608 - our own words
# Materialized: as a part of the join the planner may ask for the next batch once for each row of the table,
# and take many, where it believes that the table has one row.
_CLAIM = text(f"""
    WITH next AS MATERIALIZED (
        SELECT batch.id, batch.holder {_CLAIMABLE}
         ORDER BY batch.due_at, batch.id LIMIT 1 FOR UPDATE OF batch SKIP LOCKED)
    UPDATE batch SET holder = :holder, leased_until = now() + make_interval(secs => :lease),
                     claims = claims + 1
      FROM next WHERE batch.id = next.id
    RETURNING batch.id, announcement_id, first_delivery_id, last_delivery_id, next.holder
""")  # noqa: S608 - our own words

# How many leases live: the cap on connections. The lock makes two claims at once count each other.
_SOON = text("""
    SELECT extract(epoch FROM min(batch.due_at) - now())
      FROM batch LEFT JOIN announcement ON announcement.id = batch.announcement_id
     WHERE batch.closed_at IS NULL AND batch.queue = :queue AND batch.due_at > now()
       AND batch.due_at < now() + make_interval(secs => :seconds)
       AND (batch.announcement_id IS NULL OR announcement.state = 'sending')
""")
_LOCK_CLAIMS = text("SELECT pg_advisory_xact_lock(5106811506)")
_HELD = text("""
    SELECT count(*) FROM batch
     WHERE closed_at IS NULL AND queue = :queue AND holder IS NOT NULL AND leased_until > now()
""")

AT_HAND: Final = """
    delivery.id BETWEEN batch.window_first_id AND batch.window_last_id
    AND delivery.announcement_id IS NOT DISTINCT FROM batch.announcement_id
    AND (delivery.state = 'queued'
         OR delivery.state = 'deferred' AND delivery.next_try_at <= batch.window_at)
"""
"""The condition that a delivery is in its batch's open window: on the wire, or about to be."""

_RENEW = text("""
    UPDATE batch SET leased_until = now() + make_interval(secs => :lease)
     WHERE id = :batch AND holder = :holder AND closed_at IS NULL RETURNING id
""")
_OPEN = text("""
    UPDATE batch SET window_first_id = :first, window_last_id = :last, window_at = now()
     WHERE id = :batch AND window_at IS NULL RETURNING id
""")
_CLOSE = text("""
    UPDATE batch SET leased_until = now() + make_interval(secs => :lease),
                     window_first_id = NULL, window_last_id = NULL, window_at = NULL,
                     accepted = accepted + :accepted, refused = refused + :refused
     WHERE id = :batch AND holder = :holder AND closed_at IS NULL RETURNING id
""")

_LEFT = text("""
    SELECT count(*) AS left, min(CASE WHEN state = 'deferred' THEN next_try_at ELSE now() END) AS due
      FROM delivery
     WHERE id BETWEEN :first AND :last AND announcement_id IS NOT DISTINCT FROM :announcement
       AND state IN ('queued', 'deferred')
""")

_RELEASE = text("""
    UPDATE batch SET holder = NULL, leased_until = NULL,
           due_at = coalesce(:due, due_at), closed_at = CASE WHEN :close THEN now() END
     WHERE id = :batch AND holder = :holder
""")


def claim(
    session: Session, queue: Queue, *, holder: UUID, connections: int | None = None
) -> Claim | None:
    """Claim the batch that has been due longest, or None while nothing is due.

    `connections` is how many batches of this queue may be held at once, None for any number.
    """
    if connections is not None and _all_taken(session, queue, connections):
        return None
    row = session.execute(
        _CLAIM,
        {
            "holder": holder,
            "lease": limits.LEASE_SECONDS,
            "queue": queue.value,
            "one_sender": limits.ONE_SENDER_RATE,
        },
    ).one_or_none()
    if row is None:
        return None
    batch_id, announcement_id, first, last, lost = row
    return Claim(batch_id, holder, queue, announcement_id, first, last, lost)


def renew(session: Session, claim: Claim) -> None:
    """Lengthen the lease and hold the batch's row to the end of the transaction; raise LeaseLost."""
    _fenced(session, _RENEW, claim)


def open_window(session: Session, claim: Claim, *, first: int, last: int) -> None:
    """Mark what is offered next, from one delivery to another; the caller has renewed the lease.

    Raises WindowOpen where the one before was neither settled nor judged: its doubts would be forgotten.
    """
    values = {"batch": claim.batch_id, "first": first, "last": last}
    if session.execute(_OPEN, values).one_or_none() is None:
        raise WindowOpen(f"Batch {claim.batch_id} has a window that nobody has closed.")


def close_window(session: Session, claim: Claim, *, accepted: int = 0, refused: int = 0) -> None:
    """Take the mark back, with what was settled added to the batch's counts; raise LeaseLost.

    The lease is renewed, and the row held to the end of the transaction.
    """
    _fenced(session, _CLOSE, claim, accepted=accepted, refused=refused)


def _fenced(session: Session, statement: TextClause, claim: Claim, **counts: int) -> None:
    values = {"lease": limits.LEASE_SECONDS, "batch": claim.batch_id, "holder": claim.holder}
    if session.execute(statement, {**values, **counts}).one_or_none() is None:
        raise LeaseLost


def release(session: Session, claim: Claim, *, due_at: datetime | None = None) -> bool:
    """Give the batch back; close it where every delivery is final. Return whether it is closed.

    `due_at` holds it back at least until then, as when the relay is away.
    """
    left = session.execute(_LEFT, range_of(claim)).one()
    due = max(due_at, left.due) if due_at and left.due else left.due
    session.execute(
        _RELEASE,
        {
            "batch": claim.batch_id,
            "holder": claim.holder,
            "due": due,
            "close": left.left == 0,
        },
    )
    return bool(left.left == 0)


def _all_taken(session: Session, queue: Queue, connections: int) -> bool:
    session.execute(_LOCK_CLAIMS)
    held = session.execute(_HELD, {"queue": queue.value}).scalar_one()
    return bool(held >= connections)


def range_of(claim: Claim) -> dict[str, int | None]:
    """Return which deliveries are the batch's, as the queries of the ledger want it."""
    return {
        "first": claim.first_delivery_id,
        "last": claim.last_delivery_id,
        "announcement": claim.announcement_id,
    }


def due_batches(session: Session, queue: Queue, *, limit: int) -> int:
    """Count the batches that could be claimed now, up to `limit`."""
    values = {"queue": queue.value, "limit": limit, "one_sender": limits.ONE_SENDER_RATE}
    return int(session.execute(_DUE, values).scalar_one())


def due_soon(session: Session, queue: Queue, *, seconds: float) -> float | None:
    """Return in how many seconds the next batch is due, None where that is not within `seconds`."""
    found = session.execute(_SOON, {"queue": queue.value, "seconds": seconds}).scalar_one()
    return None if found is None else float(found)
