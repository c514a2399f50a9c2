"""The file of refused lines is for its owner's eyes, is safe to open, and can be mended and imported."""

import csv
import stat

import pytest

from tests import builders
from tests.cast import AMIRA, BORIS
from tests.mailer.lists.conftest import HEADER, PROOF, Lists, counts


def test_nobody_but_its_owner_reads_it(lists: Lists) -> None:
    lists.rows(f"{AMIRA},sports")
    assert stat.S_IMODE(lists.refused.stat().st_mode) == 0o600


def test_there_is_none_without_refusals(lists: Lists) -> None:
    lists.refused.write_text("of an earlier import", encoding="utf-8")
    lists.rows(f"{AMIRA},courts")
    assert not lists.refused.exists()


def test_a_refused_line_is_kept_whole_with_its_number_and_reason(lists: Lists) -> None:
    note = 'a "note", of\ntwo lines'
    lists.take(f'{HEADER}{AMIRA},sports,en,{PROOF},"a ""note"", of\ntwo lines"\n')
    with lists.refused.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "reason", *HEADER.strip().split(",")],
            ["2", "there is no topic sports", AMIRA, "sports", "en", PROOF, note],
        ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", '"=HYPERLINK(""x"")"'])
def test_a_spreadsheet_runs_nothing_in_it(lists: Lists, cell: str) -> None:
    lists.rows(f"{cell},courts", f"{AMIRA},{cell}")
    with lists.refused.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) == 21
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@"}]


def test_mended_it_is_a_list_of_its_own(lists: Lists) -> None:
    lists.rows(f"{AMIRA},sports", f"{BORIS},courts")
    mended = lists.refused.read_text(encoding="utf-8").replace("sports", "courts")
    assert counts(lists.take(mended)) == (1, 0, 0, 0)
    assert builders.state_of(AMIRA) == "confirmed"


def test_lines_of_mailman_come_back_with_a_column_that_is_known(lists: Lists) -> None:
    assert lists.take(f"Amira <{AMIRA}>\n{BORIS}\n").refused == 2
    again = lists.refused.read_text(encoding="utf-8").replace(BORIS, "boris")
    assert lists.take(again).refused == 2
    assert lists.reasons()[0].endswith("confirmed_at is empty")


def test_a_line_that_nobody_can_read_is_listed_by_its_number(lists: Lists) -> None:
    lists.take(HEADER.encode() + b"a\0,,,,\n" + b"x" * 70_000 + b"\n")
    assert lists.reasons() == [
        "2: the line contains NUL, as text never does",
        "3: the line is longer than 65,536 bytes",
    ]


def test_it_is_not_written_through_a_link(lists: Lists) -> None:
    target = lists.refused.with_name("precious")
    target.write_text("precious", encoding="utf-8")
    lists.refused.symlink_to(target)
    lists.rows(f"{AMIRA},sports")
    assert target.read_text(encoding="utf-8") == "precious"
    assert not lists.refused.is_symlink()
