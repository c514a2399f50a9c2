"""The ledger: one row for each line of Stripe's books, which nobody changes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from payments import ledger
from payments.gateway import BalanceTransaction
from payments.models.money import LedgerEntry

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LINE = BalanceTransaction(
    id="txn_1",
    source_id="ch_1",
    type="charge",
    reporting_category="charge",
    amount=2500,
    fee=103,
    net=2397,
    currency="EUR",
    exchange_rate=Decimal("0.92345678901"),
    balance_type="payments",
    made_at=NOW,
    available_at=NOW,
)


def test_a_line_is_written_once_and_says_so(session: Session) -> None:
    assert ledger.write(session, LINE, now=NOW) is True
    assert ledger.write(session, replace(LINE, amount=1), now=NOW) is False
    row = session.scalars(select(LedgerEntry)).one()
    assert (row.amount, row.fee, row.net, row.exchange_rate) == (
        2500,
        103,
        2397,
        LINE.exchange_rate,
    )


def test_a_line_of_a_type_that_nobody_knows_is_written_too(session: Session) -> None:
    odd = replace(LINE, type="a type of next year's", reporting_category="other", source_id=None)
    assert ledger.write(session, odd, now=NOW)


@pytest.mark.parametrize("change", [update(LedgerEntry).values(amount=0), delete(LedgerEntry)])
def test_the_database_refuses_to_change_what_is_written(session: Session, change: object) -> None:
    ledger.write(session, LINE, now=NOW)
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(change)  # type: ignore[call-overload] # an update or a delete
    assert session.scalars(select(LedgerEntry.amount)).all() == [2500]
