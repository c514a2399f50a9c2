"""Importing a list: chunk by chunk, each committed together with how far the import has come.

A run that is killed has committed whole chunks; the same file with the same wishes goes on behind them.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from db.sealed import Keyring
from mailer import addresses
from mailer.lists import chunks, imports, reconfirming, storing
from mailer.lists.chunks import Chunk
from mailer.lists.imports import Progress, Source
from mailer.lists.reconfirming import Pace
from mailer.lists.refusals import RefusedLines
from mailer.lists.rows import Refused, Rules
from mailer.lists.storing import Outcome
from mailer.lists.table import Row, Table
from mailer.models.requests import REQUEST_COLUMN

Begin = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: `db.session.transaction`, or one like it that is always taken back (a rehearsal)."""


@dataclass(frozen=True)
class Importer:
    """One run over a list: how its rows are judged, sealed and stored, and where refused lines go."""

    begin: Begin
    keys: Keyring
    rules: Rules
    refused: RefusedLines
    #: None where rows bring their proof.
    pace: Pace | None = None
    #: What `begin` opens keeps nothing, so there is no import whose progress could be noted.
    rehearsal: bool = False

    def run(self, table: Table, source: Source) -> Iterator[Progress]:
        """Import what is left of the list; give the progress before the first and after each chunk.

        Raise imports.ImportOvertaken, imports.AskedAlready.
        """
        with self.begin() as guard:
            imports.lock(guard, source)
            with self.begin() as session:
                progress = imports.begin(session, source, now=self.rules.now)
            yield progress
            self.refused.begin(after=_skip(table.rows, progress.rows))
            yield from self._run(table, progress)

    def _run(self, table: Table, progress: Progress) -> Iterator[Progress]:
        column = REQUEST_COLUMN if self.pace else addresses.COLUMN
        gathered = chunks.gather(table.rows, self.rules, self.keys, column=column)
        for chunk in chunks.ahead(gathered):
            with self.begin() as session:
                self._import(session, chunk, progress)
            yield progress
        with self.begin() as session:
            imports.finish(session, progress, now=self.rules.now)

    def _import(self, session: Session, chunk: Chunk, progress: Progress) -> None:
        outcome = self._store(session, chunk, progress)
        refused = [*chunk.refused, *_refused(chunk, outcome)]
        before, progress.rows = progress.rows, progress.rows + chunk.count
        progress.added += outcome.count(storing.ADDED)
        progress.updated += outcome.count(storing.UPDATED)
        progress.refused += len(refused)
        if not self.rehearsal:
            imports.note(session, progress, before=before)
        # Before the commit, so that a line which is counted as refused is in the file.
        self.refused.add(refused)

    def _store(self, session: Session, chunk: Chunk, progress: Progress) -> Outcome:
        rows = chunk.rows.values()
        if self.pace is None:
            return storing.store(session, rows, source=progress.source)
        return reconfirming.ask(
            session, rows, progress=progress, pace=self.pace, now=self.rules.now
        )


def columns(table: Table, rules: Rules) -> list[str]:
    """Return the columns of the file of refused lines, by which it can be imported in its turn."""
    if table.has_header:
        return table.columns
    fed = {position: name for name, position in rules.fit.positions.items()}
    return [fed.get(position, name) for position, name in enumerate(table.columns)]


def refused_path(path: Path) -> Path:
    """Return where refused lines go unless told otherwise: beside the list."""
    return path.with_name(f"{path.name}.refused.csv")


def _skip(rows: Iterator[Row], count: int) -> int:
    """Read over the rows that are done; return the line of the last one, 0 for none."""
    last = 0
    for row in islice(rows, count):
        last = row.line
    return last


def _refused(chunk: Chunk, outcome: Outcome) -> list[Refused]:
    return [
        Refused(chunk.rows[index].ready.row, reason) for index, reason in outcome.refused.items()
    ]
