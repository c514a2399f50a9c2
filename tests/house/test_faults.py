"""Every module of the fault matrix is a row that is told of, whatever becomes of it."""

import json
import re
from dataclasses import replace
from typing import Any, cast

import pytest

from config.settings import ROOT
from tests.faults import rows
from tests.faults.__main__ import take
from tests.faults.engines import Engines
from tests.faults.finding import Finding, Line, Tally, table
from tests.faults.rows import Row

CONTRACT = {"fault", "rounds", "lost", "duplicated", "recovered_s", "met"}
MODULES = [path.stem for path in (ROOT / "tests" / "faults").glob("f[0-9]*.py")]
CLEAN = Tally(3, lost=0, duplicated=0, unwanted=0, ghosts=0, uncertain=0, unlisted=0, closes=True)


def told(line: Line) -> dict[str, Any]:
    """Return what a script reads of a row."""
    return cast(dict[str, Any], json.loads(line.as_json()))


def test_each_module_is_a_row_with_a_sentence_of_its_own() -> None:
    found = rows.all_rows()
    assert len({row.fault for row in found}) == len({row.title for row in found}) == len(MODULES)


@pytest.mark.parametrize("row", rows.all_rows(), ids=lambda row: row.fault)
def test_each_row_is_in_the_table_of_the_documents(row: Row) -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {row.fault} \|", page, re.MULTILINE)


@pytest.mark.parametrize("row", rows.all_rows(), ids=lambda row: row.fault)
def test_each_row_prints_a_line_whatever_happens(row: Row) -> None:
    # Without engines a row is broken off at once, which is an outcome too.
    line = take(row, cast(Engines, None), long=False)
    assert told(line).keys() >= CONTRACT | {"broken"}
    assert told(line)["met"] is False
    assert row.fault in table([line])


def test_what_was_skipped_was_not_met() -> None:
    line = Line("F18", "A full disk", 0, skipped="no root here")
    assert told(line)["met"] is None
    assert "skipped" in table([line])


@pytest.mark.parametrize(
    "tally",
    [
        replace(CLEAN, lost=1),
        replace(CLEAN, duplicated=1),
        replace(CLEAN, unwanted=1),
        replace(CLEAN, ghosts=1),
        replace(CLEAN, unlisted=1),
        replace(CLEAN, closes=False),
    ],
)
def test_one_mail_gone_wrong_is_enough_to_miss_the_goal(tally: Tally) -> None:
    assert Finding(CLEAN, 1).met
    assert not Finding(tally, 1).met


def test_so_is_being_late_or_anything_else_that_is_wrong() -> None:
    assert Finding(CLEAN, 1, recovered=5, within=5).met
    assert not Finding(CLEAN, 1, recovered=6, within=5).met
    assert not Finding(CLEAN, 1, faults=["something else"]).met


def test_so_is_being_late_or_an_equation_that_does_not_close() -> None:
    assert Finding(CLEAN, 1, recovered=5, within=5).met
    assert not Finding(CLEAN, 1, recovered=6, within=5).met
    assert not Finding(replace(CLEAN, closes=False), 1).met
    assert not Finding(CLEAN, 1, faults=["something else"]).met
