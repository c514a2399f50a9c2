"""How rows that were kept long enough go, where deleting them is not enough: `mailer.periods` says which."""

from typing import Final

from sqlalchemy.orm import Session

from db import due
from db.due import Rule, Run
from mailer import stripping

# A batch of the outbox is one delivery, and the delivery takes its mail along.
_DELETE_MAILS: Final = f"""
    WITH gone AS (DELETE FROM {{table}} WHERE ctid = ANY(ARRAY({due.CHUNK}))
                  RETURNING first_delivery_id AS id)
    DELETE FROM delivery USING gone WHERE delivery.id = gone.id
"""  # noqa: S608 - its words come from mailer/periods.py alone
_EMPTY_REASONS: Final = f"UPDATE {{table}} SET reason = NULL WHERE ctid = ANY(ARRAY({due.CHUNK}))"  # noqa: S608 - as above


def delete_mails(session: Session, rule: Rule, run: Run) -> int:
    """Delete the batches of single mails, with their deliveries and what the mails said."""
    return due.change(session, _DELETE_MAILS, rule, run)


def empty_reasons(session: Session, rule: Rule, run: Run) -> int:
    """Empty the column `reason` alone."""
    return due.change(session, _EMPTY_REASONS, rule, run)


def strip(session: Session, rule: Rule, run: Run) -> int:
    """Take all that is personal from subscribers' rows."""
    ids = due.hold(session, rule, run)
    return stripping.strip(session, ids, reason=rule.name, now=run.now)


def suppress_and_strip(session: Session, rule: Rule, run: Run) -> int:
    """Keep addresses from being mailed, then take all that is personal from their subscribers' rows."""
    ids = due.hold(session, rule, run)
    stripping.suppress(session, ids, reason=rule.name)
    return stripping.strip(session, ids, reason=rule.name, now=run.now)
