"""What a test sees of the rows, each read in a transaction of its own."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Base
from db.session import transaction
from mailer.models.deliveries import OutboxMail
from payments import standing
from payments.models.events import MoneyTask
from payments.models.giving import Checkout, Donation, GivingEvent
from payments.models.money import LedgerEntry, PayoutEntry
from payments.models.receipts import Receipt
from payments.standing import Standing
from tests.payments.applying.till import Gift

Row = TypeVar("Row", bound=Base)


def every(model: type[Row]) -> list[Row]:
    """Return all rows of a table, the oldest first."""
    with transaction() as session:
        return list(session.scalars(select(model).order_by(model.__table__.c.id)))


def donation(gift: Gift) -> Donation:
    """Return a gift's row."""
    with transaction() as session:
        return session.get_one(Donation, gift.given_id)


def standing_of(gift: Gift) -> Standing:
    """Return a gift's standing."""
    with transaction() as session:
        return standing.of(session, session.get_one(Donation, gift.given_id))


def events() -> list[str]:
    """Return what happened to gifts, but for how they began."""
    begun = {"begun", "checkout opened"}
    return [each.what for each in every(GivingEvent) if each.what not in begun]


def tasks() -> dict[tuple[str, str], str | None]:
    """Return what staff were asked, about what, and the outcome."""
    return {(each.kind.value, each.about): each.outcome for each in every(MoneyTask)}


def receipts() -> list[tuple[str, int]]:
    """Return the receipts, and how much each says."""
    return [(each.kind.value, each.amount) for each in every(Receipt)]


def mails() -> list[str]:
    """Return the templates of the mails that were queued."""
    with transaction() as session:
        queued = select(OutboxMail.template).order_by(OutboxMail.delivery_id)
        return list(session.scalars(queued))


def ledger() -> list[tuple[str, int]]:
    """Return the ledger as categories and amounts."""
    return [(each.reporting_category, each.amount) for each in every(LedgerEntry)]


def ledger_rows() -> list[LedgerEntry]:
    """Return the ledger."""
    return every(LedgerEntry)


def payout_entries() -> list[str]:
    """Return the lines of the books that were paid out."""
    with transaction() as session:
        return list(session.scalars(select(PayoutEntry.balance_transaction_id)))


def checkout(session: Session, gift: Gift) -> Checkout:
    """Return the attempt of a gift's page."""
    found = select(Checkout).where(Checkout.session_id == gift.session_id)
    return session.scalars(found).one()
