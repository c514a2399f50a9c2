"""`flask donations enter`, `… take-back` and `… import-offline`: what came past Stripe, in the same books."""

import json
import secrets
import sys
from datetime import UTC, datetime
from typing import BinaryIO, Final

import click
from sqlalchemy.orm import Session

from config.logging import redact
from db.session import transaction
from payments import numbering, offline, offline_gifts, receipts
from payments.models.giving import Donation
from payments.offline_gifts import OfflineGift
from staff.models import RoleName, StaffMember
from web import offline_entries
from web.cli import acts, donations, members, offline_files
from web.offline_entries import Entry
from wiring import names
from wiring.core import core

group = donations.group

_HIDDEN: Final = "-"
"""Stands for an address that is read from standard input, and so is in no shell's history."""
_by = click.option("--by", required=True, metavar="EMAIL", help="Who does it: finance or admin.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")


class Alike(Exception):
    """A gift that may be this very one was entered before."""

    def __init__(self, known: Donation) -> None:
        super().__init__(
            f"A gift of the same amount, way and day was entered before: {known.reference}. "
            "Where this is another one, say --again."
        )


_REFUSALS: Final = (
    members.NotTheirs,
    offline_gifts.BadGift,
    offline.UnknownGift,
    offline.NotTakenBack,
    offline_files.BadFile,
    offline_files.BadLines,
    Alike,
)


@group.command("enter")
@click.option("--amount", required=True, help="In digits, such as 50.00.")
@click.option("--currency", required=True, metavar="XXX")
@click.option("--channel", required=True, help="cheque, transfer or cash.")
@click.option("--received", "received_on", required=True, metavar="YYYY-MM-DD")
@click.option("--address", default="", help="The giver's mail; - reads it from standard input.")
@click.option("--name", default="", help="The giver, as the receipt is to say it.")
@click.option("--postal-address", default="")
@click.option("--fund", "fund_slug", default="", metavar="SLUG")
@click.option("--language", default="", metavar="XX", help="Of the receipt; else the house's own.")
@click.option("--note", "message", default="", help="The bank's reference, or the giver's words.")
@click.option("--anonymous", is_flag=True, flag_value="yes", default="", help="Name them nowhere.")
@click.option("--again", is_flag=True, help="It is another gift than the one like it.")
@_by
@_json
def enter(*, by: str, again: bool, as_json: bool, **typed: str) -> None:
    """Enter one gift that came past Stripe, mail its receipt where it can be, and print its reference."""
    if typed["address"] == _HIDDEN:
        typed["address"] = sys.stdin.readline()
    now = datetime.now(UTC)
    with acts.refusals(*_REFUSALS), transaction() as session:
        member = _member(session, by)
        gift = offline_entries.gift(session, Entry.of(typed), nonce=secrets.token_hex(16), now=now)
        if not again:
            _refuse_alike(session, gift)
        donation = offline.enter(session, gift, staff_id=member.id, now=now)
        acts.record(
            session,
            "donation.enter",
            subject=f"donation {donation.id}",
            detail=f"by command, {donation.channel.value}",
            staff_id=member.id,
        )
        paper = receipts.last(session, donation)
        number = numbering.said(paper) if paper else None
    core().bell.ring(names.SEND_TX)
    told = {"reference": str(donation.reference), "receipt": number}
    click.echo(json.dumps(told) if as_json else told["reference"])


@group.command("take-back")
@click.argument("reference")
@click.option("--reason", required=True, help="Kept in the audit log; no names of donors.")
@_by
def take_back(*, reference: str, reason: str, by: str) -> None:
    """Take the offline gift REFERENCE back whole, by a line against it; its receipt becomes void."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        member = _member(session, by)
        donation = offline.named(session, reference)
        now = datetime.now(UTC)
        offline.take_back(session, donation.id, staff_id=member.id, reason=reason, now=now)
        acts.record(
            session,
            "donation.take-back",
            subject=f"donation {donation.id}",
            detail=redact(f"by command: {reason}"),
            staff_id=member.id,
        )
    core().bell.ring(names.SEND_TX)
    click.echo(f"{donation.reference} is taken back")


@group.command("import-offline")
@click.argument("file", type=click.File("rb"))
@_by
@_json
def import_offline(*, file: BinaryIO, by: str, as_json: bool) -> None:
    """Enter all gifts of a CSV file, or none: date,amount,currency,channel,name,address,fund,note.

    A line that was entered before, by this file or another, is known again and enters nothing.
    """
    now = datetime.now(UTC)
    with acts.refusals(*_REFUSALS), transaction() as session:
        member = _member(session, by)
        gifts = offline_files.gifts(session, file, now=now)
        fresh = [gift for gift in gifts if offline.find(session, gift) is None]
        offline.enter_all(session, fresh, staff_id=member.id, now=now)
        told = {"entered": len(fresh), "known": len(gifts) - len(fresh)}
        acts.record(
            session,
            "donation.import",
            subject="offline gifts",
            detail=f"by command: {told['entered']} entered, {told['known']} known before",
            staff_id=member.id,
        )
    core().bell.ring(names.SEND_TX)
    said = f"Entered: {told['entered']:,}. Known before: {told['known']:,}."
    click.echo(json.dumps(told) if as_json else said)


def _member(session: Session, email: str) -> StaffMember:
    return members.named(session, email, RoleName.FINANCE, RoleName.ADMIN)


def _refuse_alike(session: Session, gift: OfflineGift) -> None:
    if known := offline.alike(session, gift):
        raise Alike(known[0])
