"""`flask donations gift-aid` writes the schedule's rows, and says what it leaves out."""

import csv
import stat
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from db.session import transaction
from payments import donors, gift_aid, receipts
from payments.models.donors import Declaration
from tests.builders import NOW
from tests.payments.declaring import HOME, WORDING
from tests.payments.receipts import giver
from tests.web.cli import commands
from tests.web.staff import members

YEAR = ("--from", "2026-04-06", "--to", "2027-04-05")


def declared(*, name: str = "Boris Example", home: str = HOME, amount: int = 5_000) -> None:
    """Have a gift of somebody's who has declared, with its receipt."""
    with transaction() as session:
        giving = giver.donor(session, f"{amount}@example.org")
        donors.describe(session, giving, name=name, postal_address=home)
        session.add(Declaration(donor_id=giving.id, wording=WORDING, made_at=NOW))
        donation = giver.paid(session, amount, currency="GBP", by=giving)
        receipts.issue(session, donation, now=NOW)


def claim(app: Flask, file: Path, *days: str) -> Result:
    return commands.run(app, "donations", "gift-aid", *(days or YEAR), "--csv", str(file))


def rows(file: Path) -> list[list[str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def test_the_rows_of_a_year_are_written(app: Flask, tmp_path: Path) -> None:
    declared()
    declared(amount=70_050)
    done = claim(app, tmp_path / "claim.csv")
    assert done.exit_code == 0, done.output
    assert rows(tmp_path / "claim.csv") == [
        list(gift_aid.COLUMNS),
        ["1", "", "Boris", "Example", "12", "BS1 4DJ", "", "", "22/11/26", "50.00"],
        ["2", "", "Boris", "Example", "12", "BS1 4DJ", "", "", "22/11/26", "700.50"],
    ]
    assert (done.stdout, "Gifts: 2, £750.50; left out: 0." in done.stderr) == ("", True)


def test_what_cannot_be_placed_is_listed_and_the_rest_is_written(
    app: Flask, tmp_path: Path
) -> None:
    declared()
    declared(home="12 High Street", amount=600)
    done = claim(app, tmp_path / "claim.csv")
    assert "2026-00002 is left out: no house with a UK postcode is known.\n" in done.stderr
    assert "Gifts: 1, £50.00; left out: 1." in done.stderr
    assert len(rows(tmp_path / "claim.csv")) == 2


def test_no_cell_is_a_formula(app: Flask, tmp_path: Path) -> None:
    declared(name="=HYPERLINK(1) @Example", home="-1 Street\nBS1 4DJ")
    claim(app, tmp_path / "claim.csv")
    assert rows(tmp_path / "claim.csv")[1][2:5] == ["'=HYPERLINK(1)", "'@Example", "'-1 Street"]


def test_the_file_is_its_owners_alone_and_the_act_is_written_down(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "claim.csv"
    assert claim(app, file).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert members.acts() == ["donations.gift-aid"]


def test_a_file_that_is_there_is_not_written_over(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "claim.csv"
    file.write_text("precious", encoding="utf-8")
    done = claim(app, file)
    assert (done.exit_code, done.stderr) == (1, f"Error: {file}: file exists.\n")
    assert file.read_text(encoding="utf-8") == "precious"
    assert members.acts() == []


@pytest.mark.parametrize(
    "days",
    [
        ("--from", "2027-01-01", "--to", "2026-01-01"),
        ("--from", "0001-01-01", "--to", "2026-01-01"),
        ("--from", "2026-01-01", "--to", "9999-12-31"),
        ("--from", "yesterday", "--to", "2026-01-01"),
        ("--from", "2026-01-01"),
    ],
)
def test_days_that_are_none_make_no_file(app: Flask, tmp_path: Path, days: tuple[str, ...]) -> None:
    assert claim(app, tmp_path / "claim.csv", *days).exit_code == 2
    assert not (tmp_path / "claim.csv").exists()
