"""Stripping: what is personal leaves donors and what they gave, many in one statement; the books stay.

The one list of what that is: for who asks to be erased (`payments.erasing`, `payments.erasing_givers`), and
for what was kept long enough (`payments.forgetting`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from payments.models.giving import Donation

ERASED: Final = "donor erased"
"""The giving event of each gift and plan whose donor was erased, and of each gift whose giver was."""

# Nonces have a keyed hash of name and address in them.
GIFTS: Final = "UPDATE donation SET words = NULL, nonce = NULL, joins_list = false"
"""Empties donations; which, is for the caller to add."""
PLANS: Final = "UPDATE plan SET words = NULL, nonce = NULL"
"""Empties plans; which, is for the caller to add."""

_NOTE: Final = """
    INSERT INTO giving_event (donation_id, plan_id, at, what)
    SELECT id, NULL, :now, :what FROM donation WHERE donor_id = ANY(:ids)
     UNION ALL
    SELECT NULL, id, :now, :what FROM plan WHERE donor_id = ANY(:ids)
"""
_END_DECLARATIONS: Final = """
    UPDATE declaration SET ended_at = :now WHERE donor_id = ANY(:ids) AND ended_at IS NULL
"""
# Two random UUIDs are 244 random bits, and need no extension of PostgreSQL.
_DONORS: Final = """
    UPDATE donor
       SET address = ''::bytea, name = NULL, postal_address = NULL,
           address_index = decode(replace(gen_random_uuid()::text || gen_random_uuid()::text,
                                          '-', ''), 'hex'),
           erased_at = :now, token_version = token_version + 1
     WHERE id = ANY(:ids)
"""
_STRIP: Final = (
    f"{GIFTS} WHERE donor_id = ANY(:ids)",
    f"{PLANS} WHERE donor_id = ANY(:ids)",
    _NOTE,
    _END_DECLARATIONS,
    _DONORS,
)


def strip_donors(session: Session, ids: Sequence[int], *, what: str, now: datetime) -> None:
    """Take all that is personal from donors and from what they gave; `what` is the giving event that says so.

    The caller holds the rows of all three locked, for somebody may give with the same address just now.
    """
    session.flush()  # what the caller changed by the ORM comes before what is changed here
    for statement in _STRIP:
        session.execute(text(statement), {"ids": list(ids), "what": what, "now": now})
    session.expire_all()


def strip_gift(session: Session, donation: Donation) -> None:
    """Take all that is personal from one gift, whose row the caller holds locked."""
    session.flush()
    session.execute(text(f"{GIFTS} WHERE id = :id"), {"id": donation.id})
    session.expire(donation)
