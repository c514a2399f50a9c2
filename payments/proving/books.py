"""The books in a form that can be compared: what was given, paid and written, and no number of a row."""

from typing import Any, Final

from sqlalchemy import Executable, func, select, table
from sqlalchemy.orm import Session

from payments import standing
from payments.models.events import MoneyTask
from payments.models.giving import Donation, GivingEvent, Plan
from payments.models.money import Dispute, FraudWarning, LedgerEntry, Payment, Payout, Refund
from payments.models.receipts import Receipt

Books = tuple[tuple[Any, ...], ...]
"""Sorted rows; equal books are equal whatever way led to them."""

#: What happens to payments; payouts come by other events.
_OF_PAYMENTS: Final = ("charge", "refund", "refund_failure", "dispute", "dispute_reversal")

_MIRRORS: Final[tuple[Executable, ...]] = (
    select(Refund.refund_id, Refund.payment_intent_id, Refund.status, Refund.amount),
    select(Dispute.dispute_id, Dispute.status, Dispute.withdrawn, Dispute.reinstated),
    select(Payment.payment_intent_id, Payment.charge_id, Payment.amount, Payment.currency),
    select(Plan.subscription_id, Plan.state, Plan.amount),
    select(
        LedgerEntry.balance_transaction_id, LedgerEntry.net, LedgerEntry.fee, LedgerEntry.currency
    ).where(LedgerEntry.reporting_category.in_(_OF_PAYMENTS)),
)
_COUNTED: Final = (
    Donation, Plan, Payment, Refund, Dispute, FraudWarning, LedgerEntry, Payout, Receipt, GivingEvent,
    MoneyTask,
)  # fmt: skip
_MAILS: Final = "outbox_mail"
"""The table of the mails that wait: of the mailer this room knows its door alone."""


def read(session: Session) -> Books:
    """Return what a story has left in the books."""
    rows = [tuple(row) for mirror in _MIRRORS for row in session.execute(mirror)]
    gifts = [_gift(session, donation) for donation in session.scalars(select(Donation))]
    return tuple(sorted(rows + gifts, key=repr))


def counts(session: Session) -> dict[str, int]:
    """Return how many rows of each kind there are: what is done twice adds some."""
    tables = {model.__name__: select(func.count()).select_from(model) for model in _COUNTED}
    tables[_MAILS] = select(func.count()).select_from(table(_MAILS))
    return {name: session.scalars(count).one() for name, count in tables.items()}


def _gift(session: Session, donation: Donation) -> tuple[Any, ...]:
    """Return a gift with its payments and what is left; which of two payments came first is left open."""
    paid = select(Payment.payment_intent_id).where(Payment.donation_id == donation.id)
    twice = select(func.count()).where(Payment.donation_id == donation.id, Payment.duplicate)
    last = select(Receipt.amount).where(Receipt.donation_id == donation.id)
    return (
        donation.state,
        donation.amount,
        donation.currency,
        donation.invoice_id,
        tuple(sorted(session.scalars(paid))),
        session.scalars(twice).one(),
        standing.of(session, donation).kept,
        session.scalar(last.order_by(Receipt.id.desc()).limit(1)),
    )
