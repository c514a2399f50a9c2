"""The journal: the ledger of a span as double-entry books, for hledger or for beancount."""

import enum
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from typing import Final, Protocol

from sqlalchemy.orm import Session

from payments.exporting import beancount, hledger, ledger, placing, rows
from payments.exporting.ledger import Line
from payments.exporting.placing import Transaction
from payments.exporting.spans import Span


class Format(enum.StrEnum):
    """For which program a journal is written."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"


class Grammar(Protocol):
    """What a module for one program has."""

    def opening(self, about: str, /) -> str:
        """Return how the file begins."""

    def currency(self, code: str, opened: date, /) -> str:
        """Declare a currency from a day on."""

    def account(self, name: str, opened: date, /) -> str:
        """Declare an account from a day on."""

    def entry(self, transaction: Transaction, /) -> str:
        """Return one transaction."""


_GRAMMARS: Final[dict[Format, Grammar]] = {
    Format.HLEDGER: hledger,
    Format.BEANCOUNT: beancount,
}


def written(session: Session, span: Span, kind: Format) -> Iterator[str]:
    """Give the journal of a span as text, in pieces of many transactions; raise ExportBroken."""
    with closing(ledger.lines(session, span)) as lines:
        yield from rendered(lines, span, kind)


def rendered(lines: Iterable[Line], span: Span, kind: Format) -> Iterator[str]:
    """Give the journal of these lines, which lie in the span; raise ExportBroken."""
    grammar = _GRAMMARS[kind]
    yield grammar.opening(f"The ledger, {span}, by the days of {span.zone}")
    yield from rows.gathered(_entries(lines, span, grammar))


def _entries(lines: Iterable[Line], span: Span, grammar: Grammar) -> Iterator[str]:
    """Give each transaction behind the declarations of what is new in it."""
    declared: set[str] = set()
    for line in lines:
        transaction = placing.transaction(line, span)
        needed = dict.fromkeys(_declarations(transaction, span, grammar))
        if new := [each for each in needed if each not in declared]:
            declared.update(new)
            yield "\n"
            yield from new
        yield grammar.entry(transaction)


def _declarations(transaction: Transaction, span: Span, grammar: Grammar) -> Iterator[str]:
    # All of the span's first day: nothing in the file is older, whatever a clock that was set back does.
    yield grammar.currency(transaction.currency, span.first)
    for posting in transaction.postings:
        yield grammar.account(posting.account, span.first)
