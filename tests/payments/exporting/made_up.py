"""Lines of the books and days, made up as a test wants them, and rows that stand in the database."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy.orm import Session

from config import chart_of_accounts
from payments import ledger as books
from payments.currencies import CURRENCIES
from payments.exporting import rows
from payments.exporting.ledger import Line
from payments.exporting.rows import Cell, Table
from payments.exporting.spans import Span
from payments.gateway import BalanceTransaction
from payments.models.money import Payout, PayoutEntry
from tests.builders import NOW

YEAR: Final = Span.read("2026-01-01", "2026-12-31", "Europe/Paris")
GIFT: Final = UUID("00000000-0000-4000-8000-000000000001")
_BEGINS, _ENDS = (each.replace(tzinfo=None) for each in (YEAR.begins, YEAR.ends))
_MINOR: Final = st.integers(-(10**12), 10**12)
_WORDS: Final = st.sampled_from(sorted(chart_of_accounts.ACCOUNTS)) | st.text(max_size=12)


def line(**known: object) -> Line:
    """Return a gift's line of 25.00 EUR, with whatever else is known of it."""
    values: dict[str, object] = {
        "id": "txn_1",
        "source_id": "ch_1",
        "type": "charge",
        "category": "charge",
        "balance_type": "payments",
        "amount": 2_500,
        "fee": 103,
        "net": 2_397,
        "currency": "EUR",
        "exchange_rate": None,
        "made_at": NOW,
        "available_at": NOW,
        "payout_id": None,
        "gift": GIFT,
        "fund": None,
        "original_amount": 2_500,
        "original_currency": "EUR",
    }
    return Line(**(values | known))  # type: ignore[arg-type] # each test names what the line has


def lines() -> st.SearchStrategy[Line]:
    """Return any lines of the year, also such as Stripe would never write."""
    codes = st.sampled_from(sorted(CURRENCIES))
    return st.builds(
        Line,
        id=st.from_regex(r"(txn_|offline:)[a-z0-9]{1,8}", fullmatch=True) | st.text(),
        source_id=st.none() | st.text(),
        type=_WORDS,
        category=_WORDS,
        balance_type=st.sampled_from(["payments", "risk_reserved", "issuing", ""]),
        amount=_MINOR,
        fee=_MINOR,
        net=_MINOR,
        currency=codes,
        exchange_rate=st.none() | st.decimals(0, 1_000, places=12),
        made_at=st.datetimes(_BEGINS, _ENDS, timezones=st.just(UTC)).filter(
            lambda at: at < YEAR.ends
        ),
        available_at=st.datetimes(timezones=st.just(UTC)),
        payout_id=st.none() | st.text(),
        gift=st.none() | st.uuids(),
        fund=st.none() | st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True),
        original_amount=st.none() | _MINOR,
        original_currency=st.none() | codes,
    )


def written(session: Session, id_: str = "txn_1", *, at: datetime = NOW, **known: object) -> None:
    """Write a line of 25.00 EUR into the ledger."""
    values: dict[str, object] = {
        "source_id": "ch_1",
        "type": "charge",
        "reporting_category": "charge",
        "amount": 2_500,
        "fee": 103,
        "net": 2_397,
        "currency": "EUR",
        "exchange_rate": None,
        "balance_type": "payments",
    }
    transaction = BalanceTransaction(
        id=id_,
        made_at=at,
        available_at=at,
        **(values | known),  # type: ignore[arg-type] # each test names what the line has
    )
    books.write(session, transaction, now=NOW)


def payout(session: Session, amount: int, *lines: str, known: str = "completed") -> None:
    """Add a payout of lines that are written; `known` is whether Stripe has said which they are."""
    session.add(
        Payout(
            payout_id="po_1",
            amount=amount,
            currency="EUR",
            status="paid",
            automatic=True,
            reconciliation=known,
            arrives_at=NOW,
            made_at=NOW,
        )
    )
    session.flush()
    session.add_all(PayoutEntry(balance_transaction_id=name, payout_id="po_1") for name in lines)
    session.flush()


def told(table: Table) -> list[dict[str, Cell]]:
    """Return the rows of a table by the names of its columns."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def csv(table: Table) -> list[str]:
    """Return the lines of a table as CSV, without its header."""
    return "".join(rows.as_csv(table, safe=str)).splitlines()[1:]
