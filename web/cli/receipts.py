"""`flask donations receipt` and `… statement`: what a donor has in writing, to a file or by mail again."""

import sys
from datetime import UTC, datetime
from typing import BinaryIO, Final

import click
from sqlalchemy.orm import Session

from config import limits
from db.sealed import CannotOpen
from db.session import transaction
from mailer import addresses
from payments import donors, numbering, receipt_copies, receipts, statements
from payments.models.donors import Donor
from payments.models.receipts import Receipt
from web.cli import acts, donations
from wiring import names
from wiring.core import core

group = donations.group

_HIDDEN: Final = "-"
"""Stands for an address that is read from standard input, and so is in no shell's history."""
_pdf = click.option("--pdf", type=click.File("wb", lazy=True), help="Write the PDF here.")
_mail = click.option("--mail", is_flag=True, help="Mail it to its donor.")


class UnknownDonor(LookupError):
    """Nobody gave with this address, or they were erased."""


_REFUSALS: Final = (
    numbering.UnknownNumber,
    receipt_copies.Gone,
    receipt_copies.Spoilt,
    CannotOpen,
    addresses.BadAddress,
    UnknownDonor,
)


@group.command("receipt")
@click.argument("number")
@_pdf
@_mail
def receipt(*, number: str, pdf: BinaryIO | None, mail: bool) -> None:
    """Write the receipt NUMBER, such as 2026-00042, to a file as it was given, or mail it once more."""
    _wanted(pdf, mail=mail)
    with acts.refusals(*_REFUSALS), transaction() as session:
        found = numbering.named(session, number)
        if mail and not receipts.mail_again(session, found, now=datetime.now(UTC)):
            raise UnknownDonor("There is nobody to mail: the donor is not known, or was erased.")
        copy = _shown(session, found)
    _hand_over(copy, pdf, mail=mail)


@group.command("statement")
@click.argument("address")
@click.argument("year", type=click.IntRange(limits.STATEMENT_FIRST_YEAR, 9998))
@_pdf
@_mail
def statement(*, address: str, year: int, pdf: BinaryIO | None, mail: bool) -> None:
    """Give the donor with ADDRESS (- reads it from standard input) the statement of a YEAR."""
    _wanted(pdf, mail=mail)
    make = statements.send if mail else statements.issue
    with acts.refusals(*_REFUSALS), transaction() as session:
        copy = _shown(
            session, make(session, donor_named(session, address), year, now=datetime.now(UTC))
        )
    _hand_over(copy, pdf, mail=mail)


def _wanted(pdf: BinaryIO | None, *, mail: bool) -> None:
    if pdf is None and not mail:
        raise click.UsageError("Say where it goes: --pdf FILE, --mail, or both.")


def donor_named(session: Session, address: str) -> Donor:
    """Return who gave with an address (- reads it from standard input); raise UnknownDonor, BadAddress."""
    given = addresses.normalise(sys.stdin.readline() if address == _HIDDEN else address)
    donor = donors.find(session, given)
    if donor is None:
        raise UnknownDonor("Nobody gave with this address, or they were erased.")
    return donor


def _shown(session: Session, receipt: Receipt) -> bytes:
    """Return the kept copy, and note that somebody has seen whose it is."""
    acts.record(session, "receipt.show", subject=f"receipt {numbering.said(receipt)}")
    return receipt_copies.read(session, receipt)


def _hand_over(copy: bytes, pdf: BinaryIO | None, *, mail: bool) -> None:
    if pdf is not None:
        pdf.write(copy)
    if mail:
        core().bell.ring(names.SEND_TX)
