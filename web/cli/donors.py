"""`flask donations data` and `… erase`: all that we hold of a donor, and to hold it no more."""

import json
from datetime import UTC, datetime
from typing import Final

import click

from db.sealed import CannotOpen
from db.session import transaction
from mailer import addresses
from payments import erasing, gateway, own_data
from payments.erasing import Erased
from payments.gateway import Gateway
from web.cli import acts, donations, receipts
from wiring import names
from wiring.core import core

group = donations.group


class NoStripe(Exception):
    """Donations are off, and nobody could end a donor's plans."""

    def __init__(self) -> None:
        super().__init__("Set STRIPE_API_KEY first: a donor's plans are ended at Stripe.")


_REFUSALS: Final = (
    receipts.UnknownDonor,
    addresses.BadAddress,
    CannotOpen,
    erasing.NotYet,
    gateway.TemporaryFailure,
    gateway.PermanentFailure,
    NoStripe,
)


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
        stripe = _stripe()
        # Before it is done: one that was killed half way has ended plans, and must not be missing.
        with transaction() as session:
            acts.record(session, "donor.erase", subject=f"donor {number}")
        done = erasing.erase(
            stripe,
            transaction,
            number,
            keep_years=core().settings.receipt_keep_years,
            now=datetime.now(UTC),
        )
    core().bell.ring(names.SEND_TX)
    click.echo(_told(number, done))


def _stripe() -> Gateway:
    stripe = core().stripe
    if stripe is None:
        raise NoStripe
    return stripe


def _told(number: int, done: Erased) -> str:
    return (
        f"Donor {number} is erased; plans ended: {done.plans}, copies of receipts deleted: "
        f"{done.copies_deleted}, kept by law: {done.copies_kept}. The books name them by number alone."
    )
