"""`flask donations data`, `… erase`, `… erase-giver`: all that we hold of a donor, and to hold it no more."""

import json
from datetime import UTC, datetime
from typing import Final

import click
from sqlalchemy.orm import Session

from db.sealed import CannotOpen
from db.session import transaction
from mailer import addresses
from payments import erasing, erasing_givers, gateway, offline, own_data
from payments.erasing import Erased
from payments.models.giving import Donation
from staff.models import RoleName, StaffMember
from web.cli import acts, donations, members, receipts
from wiring import names
from wiring.core import core

group = donations.group


_REFUSALS: Final = (
    receipts.UnknownDonor,
    addresses.BadAddress,
    CannotOpen,
    erasing.NotYet,
    gateway.TemporaryFailure,
    gateway.PermanentFailure,
    erasing.NoStripe,
)
_REFUSALS_OF_GIVERS: Final = (members.NotTheirs, offline.UnknownGift, erasing_givers.HasDonor)


@group.command("data")
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a script, on one line.")
def data(*, address: str, as_json: bool) -> None:
    """Print all that is held of the donor with ADDRESS (- reads it from standard input)."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        donor = receipts.donor_named(session, address)
        held = own_data.of(session, donor, now=datetime.now(UTC))
        acts.record(session, "donor.show", subject=f"donor {donor.id}")
    click.echo(json.dumps(held, ensure_ascii=False, indent=None if as_json else 2))


@group.command("erase")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(*, address: str, yes: bool) -> None:
    """End the plans of the donor with ADDRESS (- reads it) and erase them; this cannot be taken back."""
    with acts.refusals(*_REFUSALS), transaction() as session:
        number = receipts.donor_named(session, address).id
    if not yes:
        click.confirm(f"Erase donor {number}? This cannot be taken back.", abort=True, err=True)
    with acts.refusals(*_REFUSALS):
        # Before it is done: one that was killed half way has ended plans, and must not be missing.
        with transaction() as session:
            acts.record(session, "donor.erase", subject=f"donor {number}")
        done = erasing.erase(
            core().stripe,
            transaction,
            number,
            keep_years=core().settings.receipt_keep_years,
            now=datetime.now(UTC),
            by_staff=True,
        )
    core().bell.ring(names.SEND_TX)
    click.echo(_told(number, done))


@group.command("erase-giver")
@click.argument("reference")
@click.option("--by", required=True, metavar="EMAIL", help="Who does it: finance or admin.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_giver(*, reference: str, by: str, yes: bool) -> None:
    """Erase who gave the offline gift REFERENCE without a mail address; this cannot be taken back."""
    with acts.refusals(*_REFUSALS_OF_GIVERS), transaction() as session:
        _named(session, reference, by)
    if not yes:
        question = f"Erase the giver of {reference}? This cannot be taken back."
        click.confirm(question, abort=True, err=True)
    with acts.refusals(*_REFUSALS_OF_GIVERS), transaction() as session:
        gift, member = _named(session, reference, by)
        keep_years, now = core().settings.receipt_keep_years, datetime.now(UTC)
        gone, kept = erasing_givers.erase(
            session, gift.id, staff_id=member.id, keep_years=keep_years, now=now
        )
        subject, way = f"donation {gift.id}", "by command"
        acts.record(
            session, "donation.erase-giver", subject=subject, detail=way, staff_id=member.id
        )
    click.echo(
        f"The giver of {reference} is erased; copies of receipts deleted: {gone}, kept by law: {kept}."
    )


def _named(session: Session, reference: str, email: str) -> tuple[Donation, StaffMember]:
    """Return the offline gift of a reference, and who wants its giver erased."""
    member = members.named(session, email, RoleName.FINANCE, RoleName.ADMIN)
    return offline.named(session, reference), member


def _told(number: int, done: Erased) -> str:
    return (
        f"Donor {number} is erased; plans ended: {done.plans}, copies of receipts deleted: "
        f"{done.copies_deleted}, kept by law: {done.copies_kept}. The books name them by number alone."
    )
