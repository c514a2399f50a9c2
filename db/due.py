"""What is due to go: rules of how long each kind of row is kept, why, and how it goes, a chunk at a time.

Each room has a table of its own (mailer/periods.py, payments/periods.py); wiring/periods.py joins them. Pages
and documents are made of the same rules, so that what we say and what we do cannot part.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, TextClause, text
from sqlalchemy.orm import Session

from config import limits
from config.languages import N_
from config.settings import Settings

Begin = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: `db.session.transaction`."""

NOT_AT_ALL: Final = N_("not at all")
"""How long a thing is kept of which no year is kept."""

# The words that fill these come from the rooms' tables alone.
CHUNK: Final = "SELECT ctid FROM {table} WHERE {due} LIMIT :limit FOR UPDATE SKIP LOCKED"
"""The next rows that are due and that nobody works on; `LIMIT` before the locks, as PostgreSQL has it."""
_DELETE: Final = f"DELETE FROM {{table}} WHERE ctid = ANY(ARRAY({CHUNK}))"  # noqa: S608 - as above
_HOLD: Final = "SELECT id FROM {table} WHERE {due} LIMIT :limit FOR UPDATE SKIP LOCKED"
_STILL: Final = "SELECT id FROM {table} WHERE id = ANY(:ids) AND ({due})"
_COUNT: Final = "SELECT count(*) FROM {table} WHERE {due}"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the rules: whose settings, and at what time."""

    settings: Settings
    now: datetime


Take = Callable[[Session, "Rule", Run], int]
"""Takes the next chunk of what a rule has due away, and returns how many rows that was; 0 ends the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept for a time: what it is, since when that counts, why, and how it goes."""

    name: str
    what: str
    #: From when the period counts: 'after the last request'.
    since: str
    #: What becomes of it.
    then: str
    why: str
    #: The field of Settings that holds the period; None where it is fixed.
    setting: str | None
    table: str
    #: Which rows of the table are due, in SQL; it may use `:cutoff`, `:now` and `:limit`.
    due: str
    take: Take
    #: The period in days where no setting holds it; 0 where each row says itself until when.
    fixed_days: int = 0
    #: The period is years from the end of the one that a row is of; 0 keeps nothing.
    in_years: bool = False

    def length(self, settings: Settings) -> int:
        """Return the period that this deployment chose, in days unless it is in years."""
        return int(getattr(settings, self.setting)) if self.setting else self.fixed_days

    def default_length(self) -> int:
        """Return the period where a deployment chose none."""
        if self.setting is None:
            return self.fixed_days
        return int(Settings.model_fields[self.setting].default)

    def period(self, length: int) -> str:
        """Return '7 days after the last request'."""
        if not length:
            return NOT_AT_ALL if self.in_years else self.since
        unit = "year" if self.in_years else "day"
        return f"{length} {unit}{'' if length == 1 else 's'} {self.since}"

    def cutoff(self, run: Run) -> datetime:
        """Return the time before which rows are due."""
        length = self.length(run.settings)
        if not self.in_years:
            return run.now - timedelta(days=length)
        zone = ZoneInfo(run.settings.org_timezone)
        first = datetime(run.now.astimezone(zone).year - length, 1, 1, tzinfo=zone)
        return first if length else run.now


@dataclass(frozen=True, slots=True)
class Kept:
    """What no run takes away, and why."""

    what: str
    why: str


def apply(begin: Begin, rule: Rule, run: Run) -> int:
    """Take away all that a rule has due, each chunk in a transaction of its own; return how many rows."""
    total = 0
    while True:
        with begin() as session:
            taken = rule.take(session, rule, run)
        if not taken:
            return total
        total += taken


def waiting(session: Session, rules: Iterable[Rule], run: Run) -> dict[str, int]:
    """Return how many rows the next run would take away, by rule."""
    return {
        rule.name: session.scalar(statement(_COUNT, rule), values(rule, run)) or 0 for rule in rules
    }


def delete(session: Session, rule: Rule, run: Run) -> int:
    """Delete a chunk."""
    return change(session, _DELETE, rule, run)


def change(session: Session, pattern: str, rule: Rule, run: Run) -> int:
    """Change a chunk by a statement in which `{table}` and `{due}` stand for the rule's; return its rows."""
    result = session.execute(statement(pattern, rule), values(rule, run))
    return result.rowcount if isinstance(result, CursorResult) else 0


def hold(session: Session, rule: Rule, run: Run) -> Sequence[int]:
    """Lock a chunk of rows that have an id, and return those that are still due once they are ours."""
    held = session.scalars(statement(_HOLD, rule), values(rule, run)).all()
    return still(session, rule, run, held)


def still(session: Session, rule: Rule, run: Run, held: Sequence[int]) -> Sequence[int]:
    """Return which of the rows that the caller has locked are due.

    This second look sees what was committed before the lock was ours: somebody who asked again.
    """
    known = values(rule, run) | {"ids": list(held)}
    return session.scalars(statement(_STILL, rule), known).all()


def statement(pattern: str, rule: Rule) -> TextClause:
    """Return a statement with the rule's table and condition in their places."""
    return text(pattern.format(table=rule.table, due=rule.due))


def values(rule: Rule, run: Run) -> dict[str, object]:
    """Return the parameters of a rule's statements."""
    return {
        "now": run.now,
        "cutoff": rule.cutoff(run),
        "limit": limits.RETENTION_CHUNK,
    }
