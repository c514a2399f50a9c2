"""Placing: a line of the ledger as a transaction of double-entry books, which balances by construction.

There is one transaction for each line and none besides, all of it in the currency that the line settled in:
what a donor gave in another is noted beside it, and never added.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from config import chart_of_accounts as chart
from payments import ledger as books
from payments.exporting import rows
from payments.exporting.ledger import Line
from payments.exporting.spans import Span

_PAYMENTS: Final = "payments"
"""Stripe's balance that payouts are made from."""
_ODD: Final = re.compile(r"[^A-Za-z0-9 _.:/-]")


@dataclass(frozen=True, slots=True)
class Posting:
    """What goes to an account, in minor units of the transaction's currency."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """One entry of the journal: its postings come to nothing."""

    id: str
    day: date
    what: str
    currency: str
    postings: tuple[Posting, ...]
    #: Name and value of what a reader may want to follow up; in letters that no format gives a meaning.
    notes: tuple[tuple[str, str], ...]


def transaction(line: Line, span: Span) -> Transaction:
    """Place a line: what Stripe or we have of it, what was taken as a fee, and where it came from or went."""
    return Transaction(
        id=_plain(line.id),
        day=span.day(line.made_at),
        what=_plain(line.category),
        currency=line.currency,
        postings=tuple(_postings(line)),
        notes=tuple((name, _plain(value)) for name, value in _notes(line) if value),
    )


def _postings(line: Line) -> Iterator[Posting]:
    yield Posting(_held_at(line), line.net)
    if line.fee:
        yield Posting(chart.FEES, line.fee)
    yield Posting(_against(line), -line.amount)
    # Stripe's net is the amount less the fee; a line that says otherwise balances all the same, and shows.
    if rest := line.amount - line.fee - line.net:
        yield Posting(chart.UNPLACED, rest)


def _held_at(line: Line) -> str:
    """Return the account that a line's net is in."""
    if line.id.startswith(books.OFFLINE):
        return chart.OFFLINE.format(way=_titled(line.type))
    account = chart.STRIPE.format(currency=line.currency)
    return account if line.balance_type == _PAYMENTS else f"{account}:{_titled(line.balance_type)}"


def _against(line: Line) -> str:
    """Return the account that a line's amount stands against; what nobody placed is never dropped."""
    account = chart.ACCOUNTS.get(line.category) or chart.ACCOUNTS.get(line.type)
    if account is None or ("{fund}" in account and line.gift is None):
        return chart.UNPLACED
    fund = _titled(line.fund) if line.fund else chart.NO_FUND
    return account.format(currency=line.currency, fund=fund)


def _notes(line: Line) -> Iterator[tuple[str, str]]:
    yield "source", line.source_id or ""
    yield "gift", str(line.gift or "")
    yield "payout", line.payout_id or ""
    yield "original", _original(line)
    if _against(line) == chart.UNPLACED:
        whose = "" if line.gift else " about no gift that we know"
        yield "unplaced", f"{line.category} of type {line.type}{whose}"


def _original(line: Line) -> str:
    """Say what a donor gave or was given back in another currency, and at which rate."""
    code = line.original_currency
    if code is None or line.original_amount is None or code == line.currency:
        return ""
    rate = f" at {line.exchange_rate:f}" if line.exchange_rate is not None else ""
    return f"{rows.amount(line.original_amount, code):f} {code}{rate}"


def _titled(name: str) -> str:
    """Return a slug or a word of Stripe's as a part of an account's name: Free-Press."""
    parts = re.split(r"[^A-Za-z0-9]+", name)
    return "-".join(part[:1].upper() + part[1:] for part in parts if part) or "Unnamed"


def _plain(words: str) -> str:
    """Return words without what would end a line, a name or a string of a journal."""
    return _ODD.sub("_", words)
