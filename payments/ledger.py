"""The ledger: one row for each line of Stripe's books, in the currency it settled in; only ever added to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from payments.gateway import BalanceTransaction
from payments.models.money import LedgerEntry

OFFLINE: Final = "offline:"
"""How the ids of lines begin that never were at Stripe; what they are about is known by the same id."""


def write(session: Session, transaction: BalanceTransaction, *, now: datetime) -> bool:
    """Write a balance transaction down; False where it stands there already, which is left as it is."""
    written = session.scalar(
        insert(LedgerEntry)
        .values(
            balance_transaction_id=transaction.id,
            source_id=transaction.source_id,
            type=transaction.type,
            reporting_category=transaction.reporting_category,
            amount=transaction.amount,
            fee=transaction.fee,
            net=transaction.net,
            currency=transaction.currency,
            exchange_rate=transaction.exchange_rate,
            balance_type=transaction.balance_type,
            made_at=transaction.made_at,
            available_at=transaction.available_at,
            written_at=now,
        )
        .on_conflict_do_nothing(index_elements=[LedgerEntry.balance_transaction_id])
        .returning(LedgerEntry.id)
    )
    return written is not None


def write_all(
    session: Session, transactions: Iterable[BalanceTransaction], *, now: datetime
) -> None:
    """Write down those of these balance transactions that are not written yet.

    In the order of their ids: two that write the same ones in different orders would wait for each other.
    """
    for transaction in sorted(transactions, key=lambda each: each.id):
        write(session, transaction, now=now)
