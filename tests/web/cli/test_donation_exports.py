"""`flask donations export` writes the books of some days for an accountant, and notes that it did."""

import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments.exporting import gifts, ledger, payouts
from staff.models import AuditEntry
from tests.cast import BORIS
from tests.payments.exporting import checker, made_up
from tests.payments.receipts import giver
from tests.web.cli import commands

DAYS = ("--from", "2026-01-01", "--to", "2026-12-31")
COLUMNS = {"gifts": gifts.COLUMNS, "ledger": ledger.COLUMNS, "payouts": payouts.COLUMNS}


def written(app: Flask, *words: str) -> str:
    done = commands.run(app, "donations", "export", *words)
    assert done.exit_code == 0, done.output
    return done.stdout


def entries() -> list[tuple[str, str]]:
    with transaction() as session:
        found = session.execute(select(AuditEntry.act, AuditEntry.detail))
        return [(row.act, row.detail) for row in found]


@pytest.fixture
def books(app: Flask) -> None:
    """Put a gift of Boris's, its line and its payout into the books."""
    with transaction() as session:
        giver.paid(session)
        made_up.written(session)
        made_up.payout(session, 2_397, "txn_1")


@pytest.mark.parametrize("kind", COLUMNS)
def test_each_csv_goes_to_standard_output_under_its_header(
    app: Flask, books: None, kind: str
) -> None:
    header, *rows = written(app, kind, *DAYS).splitlines()
    assert header == ",".join(COLUMNS[kind])
    assert len(rows) == 1
    assert BORIS not in rows[0]


@pytest.mark.parametrize("format_", ["hledger", "beancount"])
def test_a_journal_of_either_kind_balances(app: Flask, books: None, format_: str) -> None:
    read = checker.read(written(app, "journal", *DAYS, "--format", format_))
    assert len(read.entries) == 1


def test_a_journal_is_hledgers_where_nothing_is_said(app: Flask, books: None) -> None:
    assert "\naccount Assets:Stripe:EUR\n" in written(app, "journal", *DAYS)


def test_names_are_asked_for_and_that_is_kept(app: Flask, books: None) -> None:
    assert (
        written(app, "gifts", *DAYS, "--names").splitlines()[1].endswith(f"Boris Example,{BORIS}")
    )
    said = "by command, gifts as csv, 2026-01-01 to 2026-12-31, with names"
    assert entries() == [("donations.export", said)]


def test_a_file_is_new_and_its_owners_alone(app: Flask, books: None, tmp_path: Path) -> None:
    file = tmp_path / "gifts.csv"
    assert written(app, "gifts", *DAYS, "-o", str(file)) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").count("\n") == 2
    again = commands.refused(app, "donations", "export", "gifts", *DAYS, "-o", str(file))
    assert again == f"Error: {file}: file exists."


def test_what_cannot_be_written_whole_leaves_no_file(app: Flask, tmp_path: Path) -> None:
    with transaction() as session:
        made_up.written(session, currency="XXX")
    file = tmp_path / "ledger.csv"
    sentence = commands.refused(app, "donations", "export", "ledger", *DAYS, "-o", str(file))
    assert "'XXX' is not in payments/currencies.py" in sentence
    assert not file.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ledger", *DAYS, "--names"), "Only the file of gifts can name donors."),
        (
            ("ledger", *DAYS, "--format", "hledger"),
            "Only a journal is written otherwise than as CSV.",
        ),
        (("gifts", "--from", "2026-12-31", "--to", "2026-01-01"), "The last day lies before"),
        (("gifts", "--from", "yesterday", "--to", "2026-01-01"), "Give each day as 2026-01-31."),
    ],
)
def test_what_is_no_export_is_refused_and_not_noted(
    app: Flask, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in commands.refused(app, "donations", "export", *words)
    assert entries() == []


def test_an_empty_year_is_a_header(app: Flask) -> None:
    assert written(app, "payouts", *DAYS).splitlines() == [",".join(payouts.COLUMNS)]
