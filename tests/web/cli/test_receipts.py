"""`flask donations receipt` and `… statement` hand out the kept copy, and note that they did."""

from pathlib import Path

import pytest
from flask import Flask

from db.session import transaction
from payments import numbering, receipt_copies, receipts
from tests.builders import NOW
from tests.cast import BORIS
from tests.payments.receipts import giver
from tests.web.cli import commands
from tests.web.staff import members


@pytest.fixture
def copy(app: Flask) -> bytes:
    """Give the copy of the receipt 2026-00001."""
    with transaction() as session:
        receipt = receipts.issue(session, giver.paid(session), now=NOW)
        return receipt_copies.read(session, receipt)


def test_a_receipt_is_written_as_it_was_given(app: Flask, copy: bytes, tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    done = commands.run(app, "donations", "receipt", "2026-00001", "--pdf", str(file))
    assert done.exit_code == 0, done.output
    assert file.read_bytes() == copy
    assert members.acts() == ["receipt.show"]


def test_a_receipt_can_be_mailed_once_more(app: Flask, copy: bytes) -> None:
    assert commands.run(app, "donations", "receipt", "2026-00001", "--mail").exit_code == 0
    with transaction() as session:
        assert [letter.attached[0].content for letter in giver.letters(session)] == [copy, copy]


def test_a_statement_is_written_and_has_a_number_of_its_own(
    app: Flask, copy: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "statement.pdf"
    done = commands.run(app, "donations", "statement", BORIS, "2026", "--pdf", str(file))
    assert done.exit_code == 0, done.output
    with transaction() as session:
        statement = receipts.of_donor(session, giver.donor(session))[0]
        assert file.read_bytes() == receipt_copies.read(session, statement)
        assert statement.number == 2


def test_an_unknown_number_is_refused_and_no_file_made(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    sentence = commands.refused(app, "donations", "receipt", "2026-00009", "--pdf", str(file))
    assert sentence == f"Error: {numbering.UnknownNumber()}"
    assert not file.exists()


def test_who_never_gave_has_no_statement(app: Flask, tmp_path: Path) -> None:
    file = str(tmp_path / "statement.pdf")
    sentence = commands.refused(app, "donations", "statement", BORIS, "2026", "--pdf", file)
    assert "Nobody gave with this address" in sentence


def test_where_it_goes_must_be_said(app: Flask) -> None:
    done = commands.run(app, "donations", "receipt", "2026-00001")
    assert done.exit_code == 2
    assert "--pdf FILE, --mail, or both" in done.stderr
