"""What a dead worker left is judged from its journal, before anything new is claimed on this machine.

1. What the relay answered is written down: facts need no lease.
2. What was offered without an answer is in doubt: once more with the same Message-ID, or left to staff.
3. What was only marked 'sending' was never offered, and is queued again; after a power cut the journal
   cannot prove that, and it is in doubt as well.
4. The batch is free at once; nobody waits for the dead holder's lease.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from mailer import deliveries, refusals
from mailer.journal import Orphan

_HELD = text("""
    SELECT id, first_delivery_id, last_delivery_id, announcement_id FROM batch
     WHERE holder = :holder AND closed_at IS NULL FOR UPDATE
""")

_JUDGE = text("""
    UPDATE delivery
       SET doubts = doubts + in_doubt::int,
           state = CASE WHEN NOT in_doubt OR (:resend AND doubts = 0) THEN 'queued' ELSE 'uncertain' END,
           reason = CASE WHEN in_doubt THEN 'the worker was lost before the relay answered' ELSE reason END,
           settled_at = now()
      FROM (SELECT d.id AS judged_id, (d.id = ANY(:unanswered) OR NOT :proven) AS in_doubt
              FROM delivery AS d
             WHERE d.id BETWEEN :first AND :last AND d.state = 'sending'
               AND d.announcement_id IS NOT DISTINCT FROM :announcement) AS judged
     WHERE delivery.id = judged.judged_id
""")

_FREE = text(
    "UPDATE batch SET holder = NULL, leased_until = NULL, due_at = now() WHERE id = :batch"
)


def recover(session: Session, orphan: Orphan, *, resend: bool, now: datetime) -> None:
    """Bring the ledger up to what a dead holder's journal says; running it twice changes nothing more."""
    batch = session.execute(_HELD, {"holder": orphan.holder}).one_or_none()
    if batch is None:
        # Another machine has taken the batch over; only what the relay accepted is still ours to say.
        deliveries.settle_facts(session, orphan.outcomes)
        return
    batch_id, first, last, announcement_id = batch
    deliveries.settle_unfenced(session, orphan.outcomes, replay=True)
    refusals.suppress(session, orphan.outcomes, now=now)
    refusals.full_mailboxes(session, orphan.outcomes, now=now)
    session.execute(
        _JUDGE,
        {
            "first": first,
            "last": last,
            "announcement": announcement_id,
            "unanswered": sorted(orphan.unanswered),
            "proven": orphan.same_boot,
            "resend": resend,
        },
    )
    session.execute(_FREE, {"batch": batch_id})
