"""A donor who leaves: what they gave, what is held of them here, and what Stripe still knows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text

from db.base import db
from db.session import transaction
from mailer import outbox
from mailer.models.deliveries import OutboxMail
from mailer.outbox import Letter
from payments import erasing
from payments.erasing import Erased
from payments.gateway import Gateway
from payments.models.donors import Donor
from payments.models.giving import Checkout, Donation, Plan
from payments.models.receipts import ReceiptCopy
from payments.plans import Begin
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from tests.payments.applying.till import Till
from tests.payments.plans.giver import Giver


@dataclass
class Leaver:
    """Boris at the form, at the till, and at the button that erases him."""

    giver: Giver
    till: Till

    @property
    def sandbox(self) -> Stripe:
        return self.giver.sandbox

    @property
    def stripe(self) -> Gateway:
        return self.giver.gateway

    @property
    def now(self) -> datetime:
        return self.giver.now

    def give_both(self) -> Plan:
        """Give once and begin a plan, and hear of both."""
        self.till.given()
        return self.giver.given()

    def erase(self, *, keep_years: int = 0, begin: Begin = transaction) -> Erased:
        """Press the button."""
        donor_id, now = self.row().id, self.now
        return erasing.erase(self.stripe, begin, donor_id, keep_years=keep_years, now=now)

    def row(self) -> Donor:
        """Return the donor's row, the first there was."""
        with transaction() as session:
            return session.scalars(select(Donor).order_by(Donor.id).limit(1)).one()

    def given(self) -> list[Donation | Plan]:
        """Return all gifts and plans as they are now."""
        with transaction() as session:
            gifts = session.scalars(select(Donation).order_by(Donation.id)).all()
            return [*gifts, *session.scalars(select(Plan).order_by(Plan.id))]

    def attempts(self) -> list[str]:
        """Return where the attempts at payment pages stand."""
        with transaction() as session:
            return [each.state.value for each in session.scalars(select(Checkout))]

    def letters(self) -> list[Letter]:
        """Return the mails that were not emptied."""
        with transaction() as session:
            return [
                outbox.letter(session, each.delivery_id)
                for each in session.scalars(select(OutboxMail).order_by(OutboxMail.delivery_id))
                if each.address
            ]

    def copies(self) -> int:
        """Return how many copies of receipts are kept."""
        with transaction() as session:
            return len(session.scalars(select(ReceiptCopy)).all())

    def customers(self) -> list[Thing]:
        """Return the customers that Stripe has."""
        with self.sandbox.world.lock:
            return list(self.sandbox.world.shelf.all("customer"))


def books() -> dict[str, list[str]]:
    """Return the rows that erasing may not touch, as text."""
    tables = "payment", "refund", "dispute", "ledger_entry", "receipt", "receipt_series"
    with db.engine.connect() as connection:
        return {
            name: sorted(connection.scalars(text(f"SELECT t::text FROM {name} AS t")))  # noqa: S608 - our own names
            for name in tables
        }


def everything() -> str:
    """Return every row of every table as text."""
    with db.engine.connect() as connection:
        return "\n".join(
            row
            for table in db.metadata.sorted_tables
            for row in connection.scalars(text(f'SELECT t::text FROM "{table.name}" AS t'))  # noqa: S608 - our own names
        )
