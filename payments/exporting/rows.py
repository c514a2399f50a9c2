"""Rows of typed cells, and the CSV that they become: amounts and days are written, text is made safe."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config import limits
from payments.currencies import CURRENCIES

Cell = str | int | Decimal | date | None
"""A text, a count, an amount or rate, a day or a moment; None is an empty cell."""
Safe = Callable[[str], str]
"""Returns a text as a cell that no spreadsheet runs."""


class ExportBroken(Exception):
    """A row cannot be written, so the file would not be whole; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Table:
    """The names of columns, and rows of as many cells, which may come one by one."""

    columns: tuple[str, ...]
    rows: Iterable[tuple[Cell, ...]]


def amount(minor: int, code: str) -> Decimal:
    """Return an amount in minor units as a number with the currency's decimals; raise ExportBroken."""
    return Decimal(minor).scaleb(-decimals(code))


def decimals(code: str) -> int:
    """Return how many decimals a currency's amounts have; raise ExportBroken."""
    currency = CURRENCIES.get(code)
    if currency is None:
        raise ExportBroken(
            f"The currency {code!r} is not in payments/currencies.py, so nobody knows its decimals; add it."
        )
    return currency.decimals


def as_csv(table: Table, *, safe: Safe) -> Iterator[str]:
    """Write a table as CSV (RFC 4180), a header first, in pieces of many rows.

    Only texts are made safe: a number of ours is digits with a sign, and runs nothing.
    """
    writer = csv.writer(_Piece())
    yield writer.writerow(table.columns)
    yield from gathered(writer.writerow(_text(cell, safe) for cell in row) for row in table.rows)


def gathered(pieces: Iterable[str]) -> Iterator[str]:
    """Put small pieces together until they are worth handing on."""
    block: list[str] = []
    length = 0
    for piece in pieces:
        block.append(piece)
        length += len(piece)
        if length >= limits.EXPORT_PIECE_LENGTH:
            yield "".join(block)
            block, length = [], 0
    yield "".join(block)


class _Piece:
    """Takes what a CSV writer writes and gives it back: `writerow` returns what `write` did."""

    def write(self, text: str) -> str:
        return text


def _text(cell: Cell, safe: Safe) -> str:
    match cell:
        case None:
            return ""
        case str():
            return safe(cell)
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
    return str(cell)
