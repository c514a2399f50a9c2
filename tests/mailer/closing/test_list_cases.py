"""The CSV has each case once, and no cell of it runs in a spreadsheet."""

import csv
import io
import json

import pytest

from config import limits
from db.session import transaction
from mailer import cases
from tests.mailer.closing.conftest import settle


def table(id_: int) -> list[list[str]]:
    with transaction() as session:
        text = "".join(cases.as_csv(session, id_))
    return list(csv.reader(io.StringIO(text, newline="")))


def test_each_case_is_one_row(ended: int) -> None:
    assert table(ended) == [
        ["id", "state", "code", "reason", "provider"],
        ["2", "accepted", "2.0.0", "250 2.0.0", "other"],
        ["3", "refused", "5.1.1", "5.1.1 550 No such user …", "gmail"],
        ["4", "refused", "4.2.2", "gave up: 4.2.2 452 Mailbox full", "other"],
        ["6", "uncertain", "", "the relay fell silent", "yahoo"],
    ]


def test_what_is_refused_and_in_doubt_is_one_row_all_the_same(ended: int) -> None:
    settle(3, "refused", "5.1.1 550 x", 1, None)
    assert [row[0] for row in table(ended)[1:]] == ["2", "3", "4", "6"]


@pytest.mark.parametrize("reason", ["=1+1", "@SUM(A1)", "+1", "-1", "'=1", "\t=1"])
def test_what_a_relay_says_is_no_formula(ended: int, reason: str) -> None:
    settle(3, "refused", reason, 0, "=cmd")
    assert table(ended)[2][3:] == [f"'{reason}", "'=cmd"]


def test_quotes_and_line_breaks_stay_in_their_cell(ended: int) -> None:
    settle(3, "refused", 'a "b",\r\n=c', 0, None)
    assert table(ended)[2][3] == 'a "b",\r\n=c'


def test_a_long_table_comes_in_pieces(ended: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LIST_BLOCK_BYTES", 1)
    with transaction() as session:
        assert len(list(cases.as_csv(session, ended))) == 5


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("5.1.1 550 No", "5.1.1"),
        ("250 2.0.0", "2.0.0"),
        ("gave up: 4.4.2 silence", "4.4.2"),
        ("5.7.509", "5.7.509"),
        ("The relay is 5.1.1", ""),
        ("5.1.1234 x", ""),
        ("cancelled", ""),
    ],
)
def test_the_code_of_an_answer_is_found(ended: int, reason: str, code: str) -> None:
    settle(3, "refused", reason, 0, None)
    assert table(ended)[2][2] == code


def test_a_case_is_json(ended: int) -> None:
    with transaction() as session:
        first = cases.of(session, ended, cases.Kind.UNCERTAIN, limit=1)[0]
    assert json.loads(json.dumps(first.as_json())) == {
        "id": 6,
        "state": "uncertain",
        "code": "",
        "reason": "the relay fell silent",
        "provider": "yahoo",
    }
