"""Retention: has every rule applied once a day, whosever table it stands in, and keeps what that took away.

A run that is killed loses no work, and the next one finds what is left. Any number of runs at once is one,
under a lock of the database.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import limits
from db import due
from db.due import Begin, Rule, Run
from mailer.models.transfers import RetentionRun

log = logging.getLogger(__name__)

_LOCK: Final = 0x5A_6D_72_65_74_61_69
"""The advisory lock of a run: any number that nothing else in this database uses."""


def apply(
    begin: Begin, rules: Sequence[Rule], run: Run, *, again: bool = False
) -> dict[str, int] | None:
    """Apply every rule, and return how many rows each took away.

    None where another run is going on, or one was made today and it is not to be done `again`.
    """
    # The transaction that holds the lock writes nothing until the end, so it keeps nothing from vacuum.
    with begin() as guard:
        if not guard.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return None
        if not again and _ran_lately(guard, now=run.now):
            return None
        taken, faults = _applied(begin, rules, run)
        if faults:
            raise faults[0]
        guard.add(RetentionRun(at=run.now, taken=taken))
    return taken


def last_runs(session: Session, *, limit: int) -> Sequence[RetentionRun]:
    """Return the last runs, newest first."""
    newest = select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit)
    return session.scalars(newest).all()


def _applied(
    begin: Begin, rules: Sequence[Rule], run: Run
) -> tuple[dict[str, int], list[SQLAlchemyError]]:
    """Apply each rule; one that breaks off keeps no other from what it has due."""
    taken, faults = {}, []
    for rule in rules:
        try:
            taken[rule.name] = due.apply(begin, rule, run)
        except SQLAlchemyError as fault:
            log.exception(
                "the rule '%s' broke off, and is applied again within the hour", rule.name
            )
            faults.append(fault)
    return taken, faults


def _ran_lately(session: Session, *, now: datetime) -> bool:
    last = session.scalar(select(func.max(RetentionRun.at)))
    return last is not None and now - last < timedelta(seconds=limits.RETENTION_SECONDS)
