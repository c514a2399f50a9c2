"""The ledger for an accountant: each line of the books in the currency it settled in, beside its gift."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import limits
from payments.exporting import rows
from payments.exporting.rows import Cell, Table
from payments.exporting.spans import Span

COLUMNS: Final = (
    *("id", "source", "type", "category", "amount", "fee", "net", "currency", "exchange_rate"),
    *("made_at", "available_on", "payout", "gift"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the books with what is known of it; amounts are minor units of `currency`."""

    id: str
    source_id: str | None
    type: str
    category: str
    balance_type: str
    amount: int
    fee: int
    net: int
    currency: str
    exchange_rate: Decimal | None
    made_at: datetime
    available_at: datetime
    payout_id: str | None
    #: The gift that it is about, and the slug of what that is for; None where it is about none.
    gift: UUID | None
    fund: str | None
    #: What it is about in the donor's own currency, in minor units.
    original_amount: int | None
    original_currency: str | None


def lines(session: Session, span: Span) -> Generator[Line]:
    """Give the lines that were made in a span, the oldest first, in flat memory.

    Whoever reads them closes them: a cursor left open by a file that broke off would be closed any time
    later, in the middle of somebody else's transaction.
    """
    statement = text(_LINES).execution_options(yield_per=limits.EXPORT_LINES)
    with session.execute(statement, {"begins": span.begins, "ends": span.ends}) as found:
        for row in found:
            yield Line(*row)


def table(session: Session, span: Span) -> Table:
    """Return the lines of a span as a table."""
    return Table(COLUMNS, _rows(session, span))


def _rows(session: Session, span: Span) -> Iterator[tuple[Cell, ...]]:
    with closing(lines(session, span)) as found:
        for line in found:
            yield _row(line, span)


def _row(line: Line, span: Span) -> tuple[Cell, ...]:
    amount, fee, net = (
        rows.amount(minor, line.currency) for minor in (line.amount, line.fee, line.net)
    )
    return (
        *(line.id, line.source_id, line.type, line.category, amount, fee, net, line.currency),
        line.exchange_rate,
        span.time(line.made_at),
        # Stripe names a day, as midnight by UTC.
        line.available_at.astimezone(UTC).date(),
        line.payout_id,
        str(line.gift) if line.gift else None,
    )


_LINES: Final = """
    SELECT l.balance_transaction_id, l.source_id, l.type, l.reporting_category, l.balance_type,
           l.amount, l.fee, l.net, l.currency, l.exchange_rate, l.made_at, l.available_at,
           e.payout_id, d.reference, f.slug,
           COALESCE(r.amount, x.amount, charged.amount),
           COALESCE(r.currency, x.currency, charged.currency)
      FROM ledger_entry AS l
      LEFT JOIN payout_entry AS e ON e.balance_transaction_id = l.balance_transaction_id
      LEFT JOIN payment AS charged ON charged.charge_id = l.source_id
      LEFT JOIN refund AS r ON r.refund_id = l.source_id
      LEFT JOIN dispute AS x ON x.dispute_id = l.source_id
      LEFT JOIN payment AS taken
             ON taken.payment_intent_id = COALESCE(r.payment_intent_id, x.payment_intent_id)
      LEFT JOIN donation AS d ON d.id = COALESCE(charged.donation_id, taken.donation_id)
      LEFT JOIN fund AS f ON f.id = d.fund_id
     WHERE l.made_at >= :begins AND l.made_at < :ends
     ORDER BY l.made_at, l.id
"""
