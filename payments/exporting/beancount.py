"""The journal as beancount reads it (beancount.github.io/docs, 'Beancount Language Syntax')."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from payments.exporting import rows
from payments.exporting.placing import Transaction

_WIDTH: Final = 44


def opening(about: str) -> str:
    """Return how the file begins."""
    return f"; {about}\n"


def currency(code: str, opened: date) -> str:
    """Declare a currency from a day on."""
    return f"{opened} commodity {code}\n"


def account(name: str, opened: date) -> str:
    """Open an account on a day: it must not be posted to before."""
    return f"{opened} open {name}\n"


def entry(transaction: Transaction) -> str:
    """Return one transaction."""
    return "".join(_lines(transaction))


def _lines(transaction: Transaction) -> Iterator[str]:
    yield f'\n{transaction.day} * "{transaction.what}"\n'
    for name, value in (("id", transaction.id), *transaction.notes):
        yield f'  {name}: "{value}"\n'
    code = transaction.currency
    for posting in transaction.postings:
        yield f"  {posting.account:<{_WIDTH}}  {rows.amount(posting.amount, code):>12f} {code}\n"
