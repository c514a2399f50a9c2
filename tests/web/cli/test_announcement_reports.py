"""`flask announcements report` and `prove` say what is kept, and exit 1 where it is not true any more."""

import csv
import hashlib
import io
import json

import pytest
from flask import Flask

from tests.mailer.closing.conftest import close, end, kept, tamper
from tests.web.cli import commands


@pytest.fixture
def ended(app: Flask) -> str:
    """Give the id of an announcement that is over."""
    return str(end())


@pytest.fixture
def closed(ended: str) -> str:
    """Give the id of an announcement whose report is kept."""
    close(int(ended))
    return ended


def test_the_report_is_printed_for_people(app: Flask, closed: str) -> None:
    text = commands.run(app, "announcements", "report", closed).stdout
    assert "6 recipients = 2 accepted + 2 refused + 1 skipped + 1 uncertain" in text
    assert "refused         1  5.1.1 550 No such user …" in text
    assert "uncertain: delivery 6, the relay fell silent" in text
    assert "perhaps twice: delivery 2, 250 2.0.0" in text
    assert text.endswith(f"report sha256:{kept(int(closed)).digest.hex()}\n")


def test_the_json_has_the_digest_that_is_kept(app: Flask, closed: str) -> None:
    result = commands.run(app, "announcements", "report", closed, "--json")
    assert json.loads(result.stdout)["equation"]["holds"] is True
    assert hashlib.sha256(result.stdout_bytes).digest() == kept(int(closed)).digest


def test_the_csv_has_each_case(app: Flask, closed: str) -> None:
    result = commands.run(app, "announcements", "report", closed, "--csv")
    rows = csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline=""))
    assert [row["id"] for row in rows] == ["2", "3", "4", "6"]


def test_what_is_not_over_has_no_report_yet(app: Flask, ended: str) -> None:
    assert "is finished; its report is made within seconds" in commands.refused(
        app, "announcements", "report", ended
    )
    for command in ("report", "prove"):
        assert "no announcement 99" in commands.refused(app, "announcements", command, "99")


def test_a_proof_is_a_line_for_each_check(app: Flask, closed: str) -> None:
    result = commands.run(app, "announcements", "prove", closed)
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["holds", check] for check in ("rows", "digest", "entry", "chain", "equation", "once")
    ]


def test_a_proof_that_fails_says_what_to_do_and_exits_1(app: Flask, closed: str) -> None:
    tamper("UPDATE delivery SET state = 'accepted' WHERE id = 3")
    result = commands.run(app, "announcements", "prove", closed)
    assert result.exit_code == 1
    assert "FAILS  rows      The rows are no longer what the report says" in result.stdout


def test_a_proof_for_a_script(app: Flask, closed: str) -> None:
    proof = commands.value(app, "announcements", "prove", closed)
    assert (proof["id"], proof["proved"], len(proof["checks"])) == (int(closed), True, 6)
    tamper("DELETE FROM announcement_report")
    result = commands.run(app, "announcements", "prove", closed, "--json")
    assert (result.exit_code, json.loads(result.stdout)["proved"]) == (1, False)
