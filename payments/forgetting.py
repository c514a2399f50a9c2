"""How what was kept of donors long enough goes: `payments.periods` says which, `db.due` gives the chunks.

Gifts that never arrived stay as rows, for their events are only ever added to and name them: what is personal
leaves them, and the donor's row leads to nobody from then on.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import limits
from db import due
from db.due import Rule, Run
from db.sealed import CannotOpen
from payments import giving, giving_events, receipt_copies, stripping
from payments.models.giving import Donation, Plan

log = logging.getLogger(__name__)

NEVER_PAID: Final = "donor forgotten"
"""The giving event of each gift and plan whose donor never paid, and was taken away."""
NOTICE_GONE: Final = "notice address forgotten"
"""The giving event of a gift or plan whose notice was sent, and its address taken away."""

# Plans before donations, each in the order of ids, and donors last, as `payments.erasing` locks them. No
# donor is waited for: who gives just now is left alone.
_LOCK_GIFTS: Final = (
    "SELECT id FROM plan WHERE donor_id = ANY(:ids) ORDER BY id FOR UPDATE",
    "SELECT id FROM donation WHERE donor_id = ANY(:ids) ORDER BY id FOR UPDATE",
)
_LOCK_DONORS: Final = "SELECT id FROM donor WHERE id = ANY(:ids) FOR UPDATE SKIP LOCKED"
_FIND: Final = "SELECT id FROM {table} WHERE {due} LIMIT :limit"
_OF_CHUNK: Final = f"WHERE ctid = ANY(ARRAY({due.CHUNK}))"


def forget_donors(session: Session, rule: Rule, run: Run) -> int:
    """Take away all that is personal of donors who never paid, of them and of what they tried to give."""
    found = session.scalars(due.statement(_FIND, rule), due.values(rule, run)).all()
    for statement in _LOCK_GIFTS:
        session.execute(text(statement), {"ids": list(found)})
    held = session.scalars(text(_LOCK_DONORS), {"ids": list(found)}).all()
    ids = due.still(session, rule, run, held)
    stripping.strip_donors(session, ids, what=NEVER_PAID, now=run.now)
    return len(ids)


def empty_gifts(session: Session, rule: Rule, run: Run) -> int:
    """Empty what was said with donations that never were paid."""
    return due.change(session, f"{stripping.GIFTS} {_OF_CHUNK}", rule, run)


def empty_plans(session: Session, rule: Rule, run: Run) -> int:
    """Empty what was said with plans that never began."""
    return due.change(session, f"{stripping.PLANS} {_OF_CHUNK}", rule, run)


def forget_notices(session: Session, rule: Rule, run: Run) -> int:
    """Take the address of the notice out of what was said with donations."""
    return _forget_notices(session, Donation, due.hold(session, rule, run), run)


def forget_notices_of_plans(session: Session, rule: Rule, run: Run) -> int:
    """Take the address of the notice out of what was said with plans."""
    return _forget_notices(session, Plan, due.hold(session, rule, run), run)


def forget_copies(session: Session, _rule: Rule, run: Run) -> int:
    """Delete copies of receipts of erased donors, once no law has us keep them."""
    years, limit = run.settings.receipt_keep_years, limits.RETENTION_CHUNK
    return receipt_copies.forget_old(session, keep_years=years, now=run.now, limit=limit)


def _forget_notices(
    session: Session, kind: type[Donation] | type[Plan], ids: Sequence[int], run: Run
) -> int:
    return sum(_forget_notice(session, session.get_one(kind, id_), run) for id_ in ids)


def _forget_notice(session: Session, given: Any, run: Run) -> bool:  # noqa: ANN401 - a donation or a plan
    """Seal what was said anew without the address; what no key opens waits until the key is back."""
    try:
        said = giving.words_of(session, given)
    except CannotOpen as fault:
        log.warning("an address of a notice cannot be taken away: %s", fault)
        return False
    given.words = giving.seal(session, given, replace(said, notice_address=""))
    giving_events.add(session, given, NOTICE_GONE, now=run.now)
    return True
