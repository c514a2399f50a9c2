"""`flask donations gift-aid`: the rows of a claim for Gift Aid, and which gifts are left out of it."""

import codecs
import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from config import limits
from db.session import transaction
from mailer.lists import cells
from payments import gift_aid
from payments.gift_aid import Claim, LeftOut
from web.cli import acts, donations, new_files

group = donations.group

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_LAST_YEAR: Final = 9998
"""The last with a year behind it: days are compared with moments of any time zone."""


@group.command("gift-aid")
@click.option("--from", "first", type=_DAY, required=True, help="The first day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last day.")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A new file for the rows.",
)
def claim(*, first: datetime, last: datetime, file: Path) -> None:
    """Write HMRC's schedule of the declared gifts in pounds that were given from one day to another.

    What cannot be claimed for as it stands is listed on standard error, by the number of its receipt.
    """
    days = _days(first, last)
    with (
        acts.refusals(new_files.BadFile),
        new_files.named(file),
        new_files.opened(file) as stream,
    ):
        # Committed first: who breaks it off has seen a part of it.
        with transaction() as session:
            acts.record(session, "donations.gift-aid", subject=f"gifts from {days[0]} to {days[1]}")
        with transaction() as session:
            came_of_it = _write(stream, gift_aid.claims(session, *days))
    click.echo(f"{came_of_it} Written to {file}; it names people, so keep it safe.", err=True)


def _days(first: datetime, last: datetime) -> tuple[date, date]:
    if first > last:
        raise click.UsageError("The first day comes after the last: change --from or --to.")
    if first.year < limits.STATEMENT_FIRST_YEAR or last.year > _LAST_YEAR:
        years = f"{limits.STATEMENT_FIRST_YEAR} to {_LAST_YEAR}"
        raise click.UsageError(f"Give days of the years {years}.")
    return first.date(), last.date()


def _write(stream: BinaryIO, found: Iterator[Claim | LeftOut]) -> str:
    """Write the rows, list what is left out, and return a sentence about both."""
    writer = csv.writer(codecs.getwriter("utf-8")(stream))
    writer.writerow(gift_aid.COLUMNS)
    gifts = pence = left_out = 0
    for each in found:
        if isinstance(each, LeftOut):
            left_out += 1
            click.echo(f"{each.receipt} is left out: {each.why}.", err=True)
        else:
            gifts, pence = gifts + 1, pence + each.amount
            writer.writerow(cells.safe(cell) for cell in each.row(gifts))
    return f"Gifts: {gifts:,}, £{pence // 100:,}.{pence % 100:02}; left out: {left_out:,}."
