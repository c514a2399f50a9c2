"""The rows that news has left, as sets that two runs may be compared by."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from db.base import Base
from mailer.models.deliveries import OutboxMail
from payments.models.events import MoneyTask
from payments.models.giving import Checkout, Donation, GivingEvent
from payments.models.money import (
    Dispute,
    FraudWarning,
    LedgerEntry,
    Payment,
    Payout,
    PayoutEntry,
    Refund,
)
from payments.models.receipts import Receipt

Rows = dict[str, list[str]]

BOOKS: Final = (
    Checkout,
    Dispute,
    Donation,
    FraudWarning,
    LedgerEntry,
    Payment,
    Payout,
    PayoutEntry,
    Refund,
)
"""What stands, however it was heard."""
STORY: Final = (GivingEvent, MoneyTask, OutboxMail, Receipt)
"""What was said and asked on the way."""

_CHANCE: Final = {
    "id",
    "created_at",
    "reference",
    "request",
    "delivery_id",
    "address",
    "context",
    "number",
    "corrects_id",
    "sha256",
}
"""Columns that differ between two runs of the same news: numbers, random ids and what is sealed."""


def of(session: Session, tables: Iterable[type[Base]] = BOOKS + STORY) -> Rows:
    """Return what stands in these tables, in no order."""
    session.flush()
    return {each.__tablename__: _rows(session, each) for each in tables}


def _rows(session: Session, model: type[Base]) -> list[str]:
    table = model.__table__
    assert isinstance(table, Table)
    columns = [column for column in table.columns if column.name not in _CHANCE]
    return sorted(repr(dict(row._mapping)) for row in session.execute(select(*columns)))  # noqa: SLF001 - SQLAlchemy's public name
