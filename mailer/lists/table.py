"""From the lines of a list to its columns and rows: header or none, commas, semicolons or tabs, quotes."""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from config import limits
from mailer.lists import reading
from mailer.lists.reading import Line, Readable, Unreadable

_DELIMITERS: Final = ",;\t"
_QUOTED: Final = re.compile(r'"[^"]*"')
_HINT: Final = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)
"""What Excel writes and reads as a first line."""
_NAMED: Final = re.compile(r"<[^<>]+>\s*$")
"""The end of 'Name <address>', whose name may contain a comma."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read, with the number of its first line; `fault` says why it cannot be used."""

    line: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """The columns of a list, and its rows to be read once.

    Without a header the columns are called '1', '2', …, and `sample` has the cells of the first row.
    """

    columns: list[str]
    rows: Iterator[Row]
    sample: list[str]

    @property
    def has_header(self) -> bool:
        """Whether the first line named the columns."""
        return not self.sample


def read(stream: Readable) -> Table:
    """Read the first line and find out what the list is; raise reading.Unreadable."""
    lines = reading.lines(stream)
    first = _first(lines)
    hint = _HINT.fullmatch(first.text.strip())
    if hint:
        first = _first(lines)
    delimiter = hint[1] if hint else _delimiter(first.text)
    rows = _rows(chain([first], lines), delimiter)
    head = next(rows)
    if head.fault:
        raise Unreadable(f"Line {head.line} should name the columns, but {head.fault}.")
    if len(head.cells) > limits.LIST_COLUMNS:
        raise Unreadable(
            f"Line {head.line} names {len(head.cells):,} columns; a list has at most {limits.LIST_COLUMNS}."
        )
    if any("@" in cell for cell in head.cells):
        numbers = [str(number) for number in range(1, len(head.cells) + 1)]
        return Table(numbers, chain([head], rows), sample=head.cells)
    return Table([cell.strip() for cell in head.cells], rows, sample=[])


def _first(lines: Iterator[Line]) -> Line:
    line = next((line for line in lines if line.fault or line.text.strip()), None)
    if line is None:
        raise Unreadable("The file is empty.")
    if line.fault:
        raise Unreadable(
            f"Line {line.number} should name the columns, but {line.fault}. Is this a list as text?"
        )
    return line


def _delimiter(text: str) -> str | None:
    """Return what parts the cells of a first line; None for addresses one a line."""
    bare = _QUOTED.sub("", text)
    count, best = max((bare.count(each), -_DELIMITERS.index(each)) for each in _DELIMITERS)
    if "@" in text and (not count or _NAMED.search(text)):
        return None
    return _DELIMITERS[-best]


def _rows(lines: Iterator[Line], delimiter: str | None) -> Iterator[Row]:
    waiting: deque[Line] = deque()
    while (line := _following(waiting, lines)) is not None:
        if line.fault:
            yield Row(line.number, [line.text], line.fault)
        elif not line.text.strip():
            continue
        elif delimiter is None:
            yield Row(line.number, [line.text.strip()])
        elif '"' in line.text:
            yield _quoted(line, waiting, lines, delimiter)
        else:
            yield Row(line.number, line.text.removesuffix("\r").split(delimiter))


def _following(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


class _NeverClosed(Exception):
    """A quote is still open where a row must end."""


def _quoted(line: Line, waiting: deque[Line], lines: Iterator[Line], delimiter: str) -> Row:
    """Read a row with quotes, over as many lines as they are open; refuse its first line alone."""
    taken: list[Line] = []

    def feed() -> Iterator[str]:
        yield f"{line.text}\n"
        room = limits.LIST_LINE_BYTES - len(line.text)
        while len(taken) < limits.LIST_ROW_LINES and room > 0:
            more = _following(waiting, lines)
            if more is None:
                break
            taken.append(more)
            room -= len(more.text) + 1
            if more.fault:
                break
            yield f"{more.text}\n"
        raise _NeverClosed

    try:
        return Row(line.number, next(csv.reader(feed(), delimiter=delimiter)))
    except _NeverClosed:
        fault = "a quote is opened that is not closed"
    except csv.Error:
        fault = "its quotes and line breaks do not fit together"
    # The lines behind it are rows of their own.
    waiting.extendleft(reversed(taken))
    return Row(line.number, [line.text], fault)
