"""What a lost worker left is judged from its journal, where this machine has it.

1. What the relay answered is written down: facts need no lease.
2. What was offered without an answer is in doubt: once more with the same Message-ID, or left to staff.
3. The rest of its window was never offered, and waits as before; after a power cut, or where another machine
   has the journal, nothing proves that, and it is in doubt as well.
4. The window is closed. A batch whose holder is dead is free at once; nobody waits for its lease.

A window that is closed was settled, or judged, before: its journal has only facts to add.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from mailer import deliveries, settling
from mailer.claims import AT_HAND, Claim
from mailer.journal import Orphan
from mailer.models.deliveries import Queue
from mailer.settling import Consequences

_HELD = text("""
    SELECT id, queue, announcement_id, first_delivery_id, last_delivery_id FROM batch
     WHERE holder = :holder AND closed_at IS NULL FOR UPDATE
""")
_OPEN = text("SELECT window_at FROM batch WHERE id = :batch")

_DOUBT = text(f"""
    UPDATE delivery
       SET doubts = doubts + 1,
           state = CASE WHEN :resend AND doubts = 0 THEN 'queued' ELSE 'uncertain' END,
           reason = 'the worker was lost before the relay answered', settled_at = now()
      FROM batch
     WHERE batch.id = :batch AND {AT_HAND}
       AND (NOT :proven OR delivery.id = ANY(CAST(:unanswered AS bigint[])))
       AND delivery.id <> ALL(CAST(:answered AS bigint[]))
""")  # noqa: S608 - our own words

_FREE = text(
    "UPDATE batch SET holder = NULL, leased_until = NULL, due_at = now() WHERE id = :batch"
)


def recover(session: Session, orphan: Orphan, *, resend: bool, now: datetime) -> None:
    """Bring the ledger up to what a dead holder's journal says; running it twice changes nothing more."""
    batch = session.execute(_HELD, {"holder": orphan.holder}).one_or_none()
    if batch is None:
        # Another worker has taken the batch over; only what the relay accepted is still ours to say.
        deliveries.settle_facts(session, orphan.outcomes)
        return
    id_, queue, announcement_id, first, last = batch
    claim = Claim(id_, orphan.holder, Queue(queue), announcement_id, first, last)
    _judge(session, claim, orphan, resend=resend, now=now)
    session.execute(_FREE, {"batch": id_})


def take_over(
    session: Session, claim: Claim, orphan: Orphan | None, *, resend: bool, now: datetime
) -> None:
    """Judge what the holder before left; `orphan` is its journal, where this machine has it."""
    if claim.lost is not None:
        _judge(session, claim, orphan, resend=resend, now=now)


def _judge(
    session: Session, claim: Claim, orphan: Orphan | None, *, resend: bool, now: datetime
) -> None:
    orphan = orphan or Orphan(claim.holder)
    if session.scalar(_OPEN, {"batch": claim.batch_id}) is None:
        deliveries.settle_facts(session, orphan.outcomes)
        return
    values = {
        "batch": claim.batch_id,
        "resend": resend,
        "proven": orphan.same_boot,
        "unanswered": sorted(orphan.unanswered),
        "answered": [outcome.delivery_id for outcome in orphan.outcomes],
    }
    session.execute(_DOUBT, values)
    settling.settle(session, claim, orphan.outcomes, Consequences(), now=now)
