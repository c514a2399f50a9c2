"""The files that an accountant may ask for: which there are, what each is called, and its text."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from payments.exporting import gifts, journal, ledger, payouts, rows
from payments.exporting.journal import Format
from payments.exporting.rows import Safe
from payments.exporting.spans import Span
from payments.models.giving import Donation, DonationState
from payments.models.money import LedgerEntry, Payout

_CSV: Final = "csv"


class Kind(enum.StrEnum):
    """What a file is about."""

    GIFTS = "gifts"
    LEDGER = "ledger"
    PAYOUTS = "payouts"
    JOURNAL = "journal"


class BadExport(ValueError):
    """There is no such file; the message says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is asked for; `format` is the journal's, None for CSV."""

    kind: Kind
    span: Span
    format: Format | None
    names: bool

    @classmethod
    def read(cls, kind: str, span: Span, *, format_: str, names: bool) -> Self:
        """Return what was asked for; raise BadExport. A journal is hledger's where nothing is said."""
        if kind not in set(Kind):
            raise BadExport(f"Ask for one of {', '.join(Kind)}.")
        if names and kind != Kind.GIFTS:
            raise BadExport("Only the file of gifts can name donors.")
        return cls(Kind(kind), span, _format(Kind(kind), format_), names)

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{self.kind}-{self.span.first}-{self.span.last}.{self._ending}"

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return "text/plain" if self.format else "text/csv"

    def __str__(self) -> str:
        """Say what was asked for, as the audit log keeps it."""
        names = ", with names" if self.names else ""
        return f"{self.kind} as {self.format or _CSV}, {self.span}{names}"

    @property
    def _ending(self) -> str:
        return {None: _CSV, Format.HLEDGER: "journal", Format.BEANCOUNT: "beancount"}[self.format]


def written(session: Session, export: Export, *, safe: Safe) -> Iterator[str]:
    """Give a file as text, in pieces, in flat memory; `safe` is for texts in CSV; raise ExportBroken."""
    if export.format is not None:
        return journal.written(session, export.span, export.format)
    match export.kind:
        case Kind.GIFTS:
            table = gifts.table(session, export.span, names=export.names)
        case Kind.LEDGER:
            table = ledger.table(session, export.span)
        case _:
            table = payouts.table(session, export.span)
    return rows.as_csv(table, safe=safe)


def is_empty(session: Session) -> bool:
    """Tell whether there is nothing yet that any file could say."""
    paid = exists().where(Donation.state == DonationState.PAID)
    anything = paid | exists().where(LedgerEntry.id > 0) | exists().where(Payout.id > 0)
    return not session.scalar(select(anything))


def _format(kind: Kind, wanted: str) -> Format | None:
    """Return the format of a journal, None for CSV; raise BadExport."""
    if kind is not Kind.JOURNAL:
        if wanted:
            raise BadExport("Only a journal is written otherwise than as CSV.")
        return None
    if wanted and wanted not in set(Format):
        raise BadExport(f"A journal is written for {' or '.join(Format)}.")
    return Format(wanted or Format.HLEDGER)
