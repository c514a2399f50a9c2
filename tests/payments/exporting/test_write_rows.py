"""CSV says exactly what the rows say, and no spreadsheet runs a cell of it."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import limits
from mailer.lists import cells
from payments.currencies import CURRENCIES
from payments.exporting import rows
from payments.exporting.rows import Cell, ExportBroken, Table

NO_HURRY = settings(deadline=None)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
MINOR = st.integers(-(10**15), 10**15)
CODES = st.sampled_from(sorted(CURRENCIES))
AMOUNTS = st.builds(rows.amount, MINOR, CODES)
RUN = "=+-@\t\r"
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def written(*found: tuple[Cell, ...]) -> str:
    return "".join(rows.as_csv(Table(("a", "b"), found), safe=cells.safe))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@NO_HURRY
@given(st.lists(st.tuples(TEXTS, AMOUNTS)))
def test_what_is_read_back_is_what_was_written(found: list[tuple[str, Decimal]]) -> None:
    header, *back = read(written(*found))
    assert header == ["a", "b"]
    assert [(cells.plain(text), Decimal(number)) for text, number in back] == found


@NO_HURRY
@given(st.lists(st.tuples(st.sampled_from(RUN).flatmap(lambda c: TEXTS.map(c.__add__)), AMOUNTS)))
def test_a_cell_that_would_run_is_marked_unless_it_is_a_number(
    found: list[tuple[str, Decimal]],
) -> None:
    for text, number in read(written(*found))[1:]:
        assert text[0] == "'"
        assert NUMBER.fullmatch(number)


@NO_HURRY
@given(MINOR, CODES)
def test_an_amount_is_its_minor_units_and_no_other_number(minor: int, code: str) -> None:
    text = f"{rows.amount(minor, code):f}"
    assert int(text.replace(".", "")) == minor
    assert len(text.partition(".")[2]) == CURRENCIES[code].decimals


def test_less_than_nothing_stays_a_number() -> None:
    assert written(("-5", rows.amount(-500, "EUR"))) == "a,b\r\n'-5,-5.00\r\n"


def test_each_kind_of_cell_has_its_writing() -> None:
    assert written((None, 3), (date(2026, 1, 31), Decimal("0.000001"))) == (
        "a,b\r\n,3\r\n2026-01-31,0.000001\r\n"
    )


def test_a_table_without_rows_is_its_header() -> None:
    assert written() == "a,b\r\n"


def test_a_currency_that_nobody_knows_breaks_it_off() -> None:
    with pytest.raises(ExportBroken, match="'XXX' is not in payments"):
        rows.amount(1, "XXX")


@NO_HURRY
@given(st.lists(st.text(max_size=5)))
def test_pieces_put_together_say_the_same(pieces: list[str]) -> None:
    assert "".join(rows.gathered(pieces)) == "".join(pieces)


def test_pieces_leave_before_they_are_many() -> None:
    blocks = list(rows.gathered("x" * 1_000 for _ in range(200)))
    assert max(map(len, blocks)) < limits.EXPORT_PIECE_LENGTH + 1_000
    assert sum(map(len, blocks)) == 200_000
