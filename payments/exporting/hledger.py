"""The journal as hledger reads it (hledger.org/hledger.html, 'Journal'); ledger reads it too."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from payments.exporting import rows
from payments.exporting.placing import Transaction

_WIDTH: Final = 44


def opening(about: str) -> str:
    """Return how the file begins."""
    # Else 1.234 of a currency with three decimals might be read as thousands.
    return f"; {about}\ndecimal-mark .\n"


def currency(code: str, _: date) -> str:
    """Declare a currency, with its decimals; raise ExportBroken."""
    return f"commodity 1000.{'0' * rows.decimals(code)} {code}\n"


def account(name: str, _: date) -> str:
    """Declare an account."""
    return f"account {name}\n"


def entry(transaction: Transaction) -> str:
    """Return one transaction."""
    return "".join(_lines(transaction))


def _lines(transaction: Transaction) -> Iterator[str]:
    yield f"\n{transaction.day} * ({transaction.id}) {transaction.what}\n"
    for name, value in transaction.notes:
        yield f"    ; {name}: {value}\n"
    code = transaction.currency
    for posting in transaction.postings:
        yield f"    {posting.account:<{_WIDTH}}  {rows.amount(posting.amount, code):>12f} {code}\n"
