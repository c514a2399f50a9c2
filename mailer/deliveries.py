"""The ledger of deliveries: claim a batch, read a window of it, settle what became of each mail.

A batch is one worker's alone while its row names that worker's `holder`. Each step below begins by
renewing the lease, which locks the batch's row for the transaction: what follows it in the same
transaction cannot be overtaken. No transaction is open while a mail travels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import limits
from mailer.models.deliveries import DeliveryState, Queue


class LeaseLost(Exception):
    """Another worker has taken the batch over; whoever held it must stop at once."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that this holder has to itself for a while."""

    batch_id: int
    holder: UUID
    queue: Queue
    announcement_id: int | None
    first_delivery_id: int
    last_delivery_id: int


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be offered to the relay now; for an announcement it carries its reader, still sealed."""

    id: int
    attempts: int
    doubts: int
    subscriber_id: int | None = None
    address: bytes = b""
    address_index: bytes = b""
    language: str = ""
    token_version: int = 0
    plain_only: bool = False
    #: The key to encrypt to, sealed; with one nothing is mailed in clear.
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery when it was offered; `offered` tells whether the relay was asked at all."""

    delivery_id: int
    state: DeliveryState
    reason: str | None = None
    next_try_at: datetime | None = None
    offered: bool = True
    doubt: bool = False
    #: The address itself was refused (5.1.x): it must not be mailed again.
    suppress: bool = False


_CLAIMABLE = """
          FROM batch LEFT JOIN announcement ON announcement.id = batch.announcement_id
         WHERE batch.closed_at IS NULL AND batch.queue = :queue AND batch.due_at <= now()
           AND (batch.leased_until IS NULL OR batch.leased_until < now())
           AND (batch.announcement_id IS NULL OR announcement.state = 'sending')
           AND NOT EXISTS (SELECT FROM relay_state
                            WHERE relay_state.relay = :relay AND relay_state.next_try_at > now())
"""
_DUE = text(f"SELECT count(*) FROM (SELECT 1 {_CLAIMABLE} LIMIT :limit) AS due")  # noqa: S608 - our own words
_CLAIM = text(f"""
    UPDATE batch SET holder = :holder, leased_until = now() + make_interval(secs => :lease),
                     claims = claims + 1
     WHERE id = (
        SELECT batch.id {_CLAIMABLE}
         ORDER BY batch.due_at, batch.id
         LIMIT 1 FOR UPDATE OF batch SKIP LOCKED)
    RETURNING id, announcement_id, first_delivery_id, last_delivery_id
""")  # noqa: S608 - our own words

_RENEW = text("""
    UPDATE batch SET leased_until = now() + make_interval(secs => :lease)
     WHERE id = :batch AND holder = :holder AND closed_at IS NULL
    RETURNING id
""")

# A delivery found 'sending' belongs to a holder that is gone and whose journal this host does not have:
# nobody can say whether the relay took it.
_DOUBTFUL = text("""
    UPDATE delivery SET doubts = doubts + 1,
           state = CASE WHEN :resend AND doubts = 0 THEN 'queued' ELSE 'uncertain' END,
           reason = 'the worker was lost while it was sending',
           settled_at = now()
     WHERE id BETWEEN :first AND :last AND announcement_id IS NOT DISTINCT FROM :announcement
       AND state = 'sending'
""")

_WINDOW = """
    SELECT delivery.id, delivery.attempts, delivery.doubts{columns}
      FROM delivery {join}
     WHERE delivery.id BETWEEN :first AND :last AND delivery.id > :after
       AND delivery.announcement_id IS NOT DISTINCT FROM :announcement
       AND (delivery.state = 'queued' OR delivery.state = 'deferred' AND delivery.next_try_at <= now())
     ORDER BY delivery.id LIMIT :size
"""
_OUTBOX_WINDOW = text(_WINDOW.format(columns="", join=""))
# Consent is read here, not when the audience was frozen: who left since then is not mailed.
_AUDIENCE_WINDOW = text(
    _WINDOW.format(
        columns=""", subscriber.id, subscriber.address, subscriber.address_index,
           subscriber.language, subscriber.token_version, subscriber.plain_only,
           subscriber.pgp_certificate,
           CASE WHEN subscriber.state <> 'confirmed' THEN 'not confirmed any more'
                WHEN EXISTS (SELECT FROM suppression
                              WHERE suppression.address_index = subscriber.address_index)
                THEN 'suppressed'
                WHEN subscriber.paused_until > now() THEN 'paused'
                WHEN NOT EXISTS (SELECT FROM subscriber_topic AS st
                                   JOIN announcement_topic AS a USING (topic_id)
                                  WHERE st.subscriber_id = subscriber.id
                                    AND a.announcement_id = delivery.announcement_id)
                THEN 'left the topic' END""",
        join="JOIN subscriber ON subscriber.id = delivery.subscriber_id",
    )
)

# A lost holder's fact may have come in since the window was read: that reader has the mail.
_OFFER = text("""
    UPDATE delivery SET state = 'sending' WHERE id = ANY(:ids) AND state <> 'accepted' RETURNING id
""")

_SETTLE = text("""
    UPDATE delivery
       SET state = o.state, reason = o.reason, next_try_at = o.next_try_at,
           attempts = delivery.attempts + o.offered, doubts = delivery.doubts + o.doubt,
           settled_at = now()
      FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[]),
                  CAST(:tries AS timestamptz[]), CAST(:offered AS int[]), CAST(:doubts AS int[]))
           AS o (id, state, reason, next_try_at, offered, doubt)
     WHERE delivery.id = o.id AND delivery.state <> 'accepted'
       AND (NOT :replay OR delivery.state = 'sending' OR o.state = 'accepted')
""")

_LEFT = text("""
    SELECT count(*) AS left, min(CASE WHEN state = 'deferred' THEN next_try_at ELSE now() END) AS due
      FROM delivery
     WHERE id BETWEEN :first AND :last AND announcement_id IS NOT DISTINCT FROM :announcement
       AND state IN ('queued', 'sending', 'deferred')
""")

_RELEASE = text("""
    UPDATE batch SET holder = NULL, leased_until = NULL,
           due_at = coalesce(:due, due_at), closed_at = CASE WHEN :close THEN now() END
     WHERE id = :batch AND holder = :holder
""")


def claim(session: Session, queue: Queue, *, holder: UUID, relay: str) -> Claim | None:
    """Claim the batch that has been due longest, or None while nothing is due or the relay is away."""
    row = session.execute(
        _CLAIM,
        {"holder": holder, "lease": limits.LEASE_SECONDS, "queue": queue.value, "relay": relay},
    ).one_or_none()
    if row is None:
        return None
    batch_id, announcement_id, first, last = row
    return Claim(batch_id, holder, queue, announcement_id, first, last)


def renew(session: Session, claim: Claim) -> None:
    """Lengthen the lease and hold the batch's row to the end of the transaction; raise LeaseLost."""
    values = {"lease": limits.LEASE_SECONDS, "batch": claim.batch_id, "holder": claim.holder}
    if session.execute(_RENEW, values).one_or_none() is None:
        raise LeaseLost


def take_over(session: Session, claim: Claim, *, resend: bool) -> None:
    """Judge what a lost holder left in doubt: once more with the same Message-ID, or left to staff."""
    renew(session, claim)
    session.execute(_DOUBTFUL, {**_range(claim), "resend": resend})


def window(session: Session, claim: Claim, *, after: int) -> list[Due]:
    """Read consent anew for the next deliveries past `after`, skip who left, mark the others 'sending'.

    An empty list means that nothing in the batch is left to be tried now; raise LeaseLost.
    """
    renew(session, claim)
    for_outbox = claim.announcement_id is None
    query = _OUTBOX_WINDOW if for_outbox else _AUDIENCE_WINDOW
    while True:
        values = {**_range(claim), "after": after, "size": limits.WINDOW_SIZE}
        rows = session.execute(query, values).all()
        due = [
            Due(*row) if for_outbox else Due(*row[:-1]) for row in rows if for_outbox or not row[-1]
        ]
        if not for_outbox:
            settle_unfenced(session, [_skipped(row[0], row[-1]) for row in rows if row[-1]])
        offered = set(session.scalars(_OFFER, {"ids": [item.id for item in due]}))
        if offered or not rows:
            return [item for item in due if item.id in offered]
        after = rows[-1][0]


def settle(session: Session, claim: Claim, outcomes: Sequence[Outcome]) -> bool:
    """Write down what became of a window; where the lease is lost keep only facts, and return False.

    That a relay took a mail is a fact, whoever holds the batch now; all else is the new holder's to say.
    """
    try:
        renew(session, claim)
    except LeaseLost:
        settle_facts(session, outcomes)
        return False
    settle_unfenced(session, outcomes)
    return True


def settle_facts(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Write down only what the relay accepted."""
    accepted = [o for o in outcomes if o.state is DeliveryState.ACCEPTED]
    settle_unfenced(session, accepted)


def settle_unfenced(session: Session, outcomes: Sequence[Outcome], *, replay: bool = False) -> None:
    """Write down outcomes; the caller holds the batch's row, or they are facts. Accepted is never undone.

    `replay` leaves alone what was settled before its journal was cleared, so that no try counts twice.
    """
    if outcomes:
        session.execute(
            _SETTLE,
            {
                "ids": [o.delivery_id for o in outcomes],
                "states": [o.state.value for o in outcomes],
                "reasons": [o.reason and o.reason[: limits.REASON_LENGTH] for o in outcomes],
                "tries": [o.next_try_at for o in outcomes],
                "offered": [int(o.offered) for o in outcomes],
                "doubts": [int(o.doubt) for o in outcomes],
                "replay": replay,
            },
        )


def release(session: Session, claim: Claim, *, due_at: datetime | None = None) -> bool:
    """Give the batch back; close it where every delivery is final. Return whether it is closed.

    `due_at` holds it back at least until then, as when the relay is away.
    """
    left = session.execute(_LEFT, _range(claim)).one()
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


def _skipped(delivery_id: int, reason: str) -> Outcome:
    return Outcome(delivery_id, DeliveryState.SKIPPED, reason=reason, offered=False)


def _range(claim: Claim) -> dict[str, int | None]:
    return {
        "first": claim.first_delivery_id,
        "last": claim.last_delivery_id,
        "announcement": claim.announcement_id,
    }


def due_batches(session: Session, queue: Queue, *, relay: str, limit: int) -> int:
    """Count the batches that could be claimed now, up to `limit`."""
    values = {"queue": queue.value, "relay": relay, "limit": limit}
    return int(session.execute(_DUE, values).scalar_one())
