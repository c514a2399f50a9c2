"""Retention: applies the table of `mailer.periods`, once a day, in chunks.

Each chunk is a transaction of its own: a run that is killed loses no work, and the next one finds what is
left. Any number of runs at once is one run, under a lock of the database.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, TextClause, func, select, text
from sqlalchemy.orm import Session

from config import limits
from config.settings import Settings
from mailer import stripping
from mailer.models.transfers import RetentionRun
from mailer.periods import RULES, Rule, Way

Begin = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: `db.session.transaction`."""
Values = dict[str, object]
"""The parameters of a rule's statements: `cutoff`, `now`, `asking`, `limit`."""

_LOCK: Final = 0x5A_6D_72_65_74_61_69
"""The advisory lock of a run: any number that nothing else in this database uses."""

# The words that fill these come from mailer/periods.py alone.
_CHUNK: Final = "SELECT ctid FROM {table} WHERE {due} LIMIT :limit FOR UPDATE SKIP LOCKED"
_DELETE: Final = f"DELETE FROM {{table}} WHERE ctid = ANY(ARRAY({_CHUNK}))"  # noqa: S608 - as above
_STATEMENTS: Final = {
    Way.DELETE: _DELETE,
    # A batch of the outbox is one delivery, and the delivery takes its mail along.
    Way.DELETE_MAILS: f"WITH gone AS ({_DELETE} RETURNING first_delivery_id AS id) "  # noqa: S608 - as above
    "DELETE FROM delivery USING gone WHERE delivery.id = gone.id",
    Way.EMPTY_REASONS: f"UPDATE {{table}} SET reason = NULL WHERE ctid = ANY(ARRAY({_CHUNK}))",  # noqa: S608 - as above
}
_HOLD: Final = "SELECT id FROM {table} WHERE {due} LIMIT :limit FOR UPDATE SKIP LOCKED"
_STILL: Final = "SELECT id FROM {table} WHERE id = ANY(:ids) AND ({due})"
_DUE: Final = "SELECT count(*) FROM {table} WHERE {due}"


def run(
    begin: Begin, settings: Settings, *, now: datetime, again: bool = False
) -> dict[str, int] | None:
    """Apply every rule, and return how many rows each took away.

    None where another run is going on, or one was made today and it is not to be done `again`.
    """
    # The transaction that holds the lock writes nothing until the end, so it keeps nothing from vacuum.
    with begin() as guard:
        if not guard.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return None
        if not again and _ran_lately(guard, now=now):
            return None
        taken = {rule.name: _apply(begin, rule, settings, now=now) for rule in RULES}
        guard.add(RetentionRun(at=now, taken=taken))
    return taken


def waiting(session: Session, settings: Settings, *, now: datetime) -> dict[str, int]:
    """Return how many rows the next run would take away, by rule."""
    return {
        rule.name: int(
            session.scalar(_statement(_DUE, rule), _values(rule, settings, now=now)) or 0
        )
        for rule in RULES
    }


def last_runs(session: Session, *, limit: int) -> Sequence[RetentionRun]:
    """Return the last runs, newest first."""
    newest = select(RetentionRun).order_by(RetentionRun.id.desc()).limit(limit)
    return session.scalars(newest).all()


def _apply(begin: Begin, rule: Rule, settings: Settings, *, now: datetime) -> int:
    total, values = 0, _values(rule, settings, now=now)
    while True:
        with begin() as session:
            taken = _take(session, rule, values, now=now)
        if not taken:
            return total
        total += taken


def _take(session: Session, rule: Rule, values: Values, *, now: datetime) -> int:
    """Take one chunk away, and return how many rows that was."""
    if rule.way in _STATEMENTS:
        result = session.execute(_statement(_STATEMENTS[rule.way], rule), values)
        return result.rowcount if isinstance(result, CursorResult) else 0
    ids = _hold(session, rule, values)
    if rule.way is Way.SUPPRESS_AND_STRIP:
        stripping.suppress(session, ids, reason=rule.name)
    return stripping.strip(session, ids, reason=rule.name, now=now)


def _hold(session: Session, rule: Rule, values: Values) -> Sequence[int]:
    """Lock a chunk of subscribers, and return those that are still due once they are ours.

    The second look sees what was committed while we waited for the lock: somebody who asked again.
    """
    held = session.scalars(_statement(_HOLD, rule), values).all()
    return session.scalars(_statement(_STILL, rule), {**values, "ids": list(held)}).all()


def _statement(pattern: str, rule: Rule) -> TextClause:
    return text(pattern.format(table=rule.table, due=rule.due))


def _values(rule: Rule, settings: Settings, *, now: datetime) -> Values:
    return {
        "now": now,
        "cutoff": now - timedelta(days=rule.days(settings)),
        "asking": now - timedelta(seconds=limits.CONFIRM_TOKEN_SECONDS),
        "limit": limits.RETENTION_CHUNK,
    }


def _ran_lately(session: Session, *, now: datetime) -> bool:
    last = session.scalar(select(func.max(RetentionRun.at)))
    return last is not None and now - last < timedelta(seconds=limits.RETENTION_SECONDS)
