"""The file of refused lines: which, why, and the line itself, to be mended and imported in its turn.

It holds addresses, so nobody but its owner may read it.
"""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from mailer.lists import cells
from mailer.lists.rows import Refused

_FIRST_COLUMNS: Final = ("line", "reason")
_MODE: Final = 0o600


class RefusedLines:
    """The file beside a list; it is made with the first refusal.

    What is added is on disk when `add` returns: the chunk that it belongs to is committed after.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self._columns = (*_FIRST_COLUMNS, *columns)

    def begin(self, *, after: int) -> None:
        """Keep what an earlier run wrote up to this line; its later lines are read again, 0 keeps none."""
        kept = list(self._kept(after))
        self.path.unlink(missing_ok=True)
        if kept:
            self._write([list(self._columns), *kept])

    def add(self, refused: Iterable[Refused]) -> None:
        """Append refused rows, in the order of the file."""
        rows = [
            [str(each.row.line), each.reason, *each.row.cells]
            for each in sorted(refused, key=lambda each: each.row.line)
        ]
        if rows:
            self._write(rows if self.path.exists() else [list(self._columns), *rows])

    def _kept(self, after: int) -> Iterator[list[str]]:
        if not after or not self.path.exists():
            return
        with self.path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows, None)
            for line, *others in rows:
                # A crash may have cut the last row short.
                if others and line.isdecimal() and int(line) <= after:
                    yield [line, *map(cells.plain, others)]

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        # Not through a link that somebody laid there.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(
            os.open(self.path, flags, _MODE), "a", encoding="utf-8", errors="replace", newline=""
        ) as file:
            os.fchmod(file.fileno(), _MODE)
            csv.writer(file).writerows([_shown(cell) for cell in row] for row in rows)
            file.flush()
            os.fsync(file.fileno())


def _shown(cell: str) -> str:
    # A file with NUL in it is no list any more, whoever mends the rest.
    return cells.safe(cell.replace("\0", "\ufffd"))
