"""Payouts for an accountant: what reached the bank, beside the sum of the lines that it is made of."""

from collections.abc import Iterator
from datetime import UTC
from typing import Final

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from config import limits
from payments.exporting import rows
from payments.exporting.rows import Cell, Table
from payments.exporting.spans import Span
from payments.models.money import LedgerEntry, Payout, PayoutEntry

COLUMNS: Final = (
    *("id", "amount", "currency", "status", "reconciliation", "arrives_on", "made_at"),
    *("lines", "sum", "difference"),
)
_KNOWN: Final = "completed"
"""Stripe's word for a payout whose lines it has told."""


def table(session: Session, span: Span) -> Table:
    """Return the payouts that Stripe made in a span, the oldest first."""
    return Table(COLUMNS, _rows(session, span))


def _rows(session: Session, span: Span) -> Iterator[tuple[Cell, ...]]:
    statement = _payouts(span).execution_options(yield_per=limits.EXPORT_LINES)
    with session.execute(statement) as found:
        for row in found:
            yield _row(row, span)


def _row(row: Row[Payout, int, int], span: Span) -> tuple[Cell, ...]:
    payout, count, total = row
    paid = rows.amount(payout.amount, payout.currency)
    added = rows.amount(int(total), payout.currency)
    return (
        *(payout.payout_id, paid, payout.currency, payout.status, payout.reconciliation),
        # Stripe names a day, as midnight by UTC.
        payout.arrives_at.astimezone(UTC).date(),
        span.time(payout.made_at),
        count,
        added,
        # Of a payout whose lines nobody knows, a difference would say nothing.
        added - paid if payout.reconciliation == _KNOWN else None,
    )


def _payouts(span: Span) -> Select[Payout, int, int]:
    ours = PayoutEntry.balance_transaction_id == LedgerEntry.balance_transaction_id
    of_it = PayoutEntry.payout_id == Payout.payout_id
    count = select(func.count()).select_from(PayoutEntry).where(of_it)
    total = select(func.coalesce(func.sum(LedgerEntry.net), 0)).join(PayoutEntry, ours).where(of_it)
    return (
        select(
            Payout,
            count.correlate(Payout).scalar_subquery(),
            total.correlate(Payout).scalar_subquery(),
        )
        .where(Payout.made_at >= span.begins, Payout.made_at < span.ends)
        .order_by(Payout.made_at, Payout.id)
    )
