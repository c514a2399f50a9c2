"""Stripping: what is personal leaves subscribers' rows, many in one statement; consent events lead to nobody.

`address_index` becomes random, so that the row cannot be found by an address any more, not by us either.
What is left is a number that consent events and deliveries refer to.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

# Two random UUIDs are 244 random bits, and need no extension of PostgreSQL.
_STRIP = text("""
    UPDATE subscriber
       SET address = ''::bytea, pgp_certificate = NULL,
           address_index = decode(replace(gen_random_uuid()::text || gen_random_uuid()::text,
                                          '-', ''), 'hex'),
           state = 'ended', ended_at = coalesce(ended_at, :now),
           ended_reason = coalesce(ended_reason, :reason), erased_at = :now,
           language = DEFAULT, plain_only = DEFAULT, paused_until = NULL,
           token_version = token_version + 1
     WHERE id = ANY(:ids) AND erased_at IS NULL
""")
_SUPPRESS = text("""
    INSERT INTO suppression (address_index, reason)
    SELECT address_index, coalesce(ended_reason, :reason) FROM subscriber
     WHERE id = ANY(:ids) AND erased_at IS NULL
    ON CONFLICT DO NOTHING
""")
# A mail that is not settled yet still goes out: its sender may have it in hand.
_DROP_MAILS = text("""
    WITH gone AS (
        DELETE FROM batch USING outbox_mail AS mail
         WHERE mail.subscriber_id = ANY(:ids) AND batch.announcement_id IS NULL
           AND batch.first_delivery_id = mail.delivery_id AND batch.closed_at IS NOT NULL
        RETURNING mail.delivery_id)
    DELETE FROM delivery USING gone WHERE delivery.id = gone.delivery_id
""")
_DROP_LINKS = (
    text("DELETE FROM subscriber_topic WHERE subscriber_id = ANY(:ids)"),
    text("DELETE FROM confirm_token WHERE subscriber_id = ANY(:ids)"),
    text("DELETE FROM address_change WHERE subscriber_id = ANY(:ids)"),
    _DROP_MAILS,
)
# Without a consent event or a delivery nothing needs the number either.
_DELETE = text("""
    DELETE FROM subscriber
     WHERE id = ANY(:ids) AND erased_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM consent_event AS e WHERE e.subscriber_id = subscriber.id)
       AND NOT EXISTS (SELECT FROM delivery AS d WHERE d.subscriber_id = subscriber.id)
""")


def suppress(session: Session, ids: Sequence[int], *, reason: str) -> None:
    """Keep the addresses of these subscribers from being mailed; `reason` counts where they had none."""
    session.execute(_SUPPRESS, {"ids": list(ids), "reason": reason})


def strip(session: Session, ids: Sequence[int], *, reason: str, now: datetime) -> int:
    """Take everything personal from these subscribers and end them; return how many had anything.

    The caller holds their rows locked: somebody who asks anew meanwhile must wait, and begins afresh.
    """
    values = {"ids": list(ids), "reason": reason, "now": now}
    session.flush()  # what the caller changed by the ORM comes before what is changed here
    for statement in _DROP_LINKS:
        session.execute(statement, values)
    result = session.execute(_STRIP, values)
    session.execute(_DELETE, values)
    session.expire_all()
    return result.rowcount if isinstance(result, CursorResult) else 0
