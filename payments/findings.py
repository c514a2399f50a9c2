"""Findings: what a comparison of our books with Stripe's says, in figures and ids; never a name.

`docs/money.md` tells what each finding means, `docs/runbooks/books-differ.md` what to do about it.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from config import limits
from payments import amounts, currencies


class Finding(enum.StrEnum):
    """One way in which books can differ."""

    #: A line of Stripe's books that our ledger lacks.
    MISSING_ENTRY = "missing entry"
    #: A line of our ledger that Stripe does not know.
    EXTRA_ENTRY = "extra entry"
    #: A line that both have, with other figures.
    CHANGED_ENTRY = "changed entry"
    MISSING_PAYOUT = "missing payout"
    CHANGED_PAYOUT = "changed payout"
    #: An intent has succeeded at Stripe, and here is no payment.
    MISSING_PAYMENT = "missing payment"
    #: A payment whose charge no line of the ledger is about.
    UNSETTLED_PAYMENT = "unsettled payment"
    #: A line about a charge that no payment has.
    UNMATCHED_CHARGE = "unmatched charge"
    #: A paid gift that has not exactly one payment which counts.
    GIFT_WITHOUT_PAYMENT = "gift without payment"
    #: A payment of no gift, or of one that is not paid.
    PAYMENT_WITHOUT_GIFT = "payment without gift"
    #: A paid gift of somebody we can name that has no receipt.
    MISSING_RECEIPT = "missing receipt"
    #: The last receipt of a gift says another amount than is left of it.
    RECEIPT_DIFFERS = "receipt differs"
    #: An offline gift whose lines of the ledger are not what it brought, less what was taken back.
    UNWRITTEN_GIFT = "unwritten gift"


@dataclass
class Ids:
    """How many were found, and the first of them by id."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, ids: Iterable[str]) -> None:
        """Count ids, and keep as many as are shown."""
        for id_ in ids:
            self.count += 1
            if len(self.shown) < limits.BOOKS_IDS_SHOWN:
                self.shown.append(id_)

    def told(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {"count": self.count, "ids": self.shown}


@dataclass(frozen=True, slots=True)
class Total:
    """One sum on both sides, in minor units of its currency."""

    currency: str
    stripe: int
    ours: int

    @property
    def difference(self) -> int:
        """What we have beyond Stripe's."""
        return self.ours - self.stripe

    def told(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "currency": self.currency,
            "stripe": self.stripe,
            "ours": self.ours,
            "difference": self.difference,
        }


@dataclass(frozen=True, slots=True)
class PaidOut:
    """One payout: its amount, the sum of the lines that we have of it, and the lines only one side has."""

    payout_id: str
    total: Total
    missing: Ids
    extra: Ids

    @property
    def holds(self) -> bool:
        """Whether both sides say the same of it."""
        return not (self.total.difference or self.missing.count or self.extra.count)

    def told(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "payout": self.payout_id,
            **self.total.told(),
            "missing": self.missing.told(),
            "extra": self.extra.told(),
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """The events that are not applied yet; they explain a difference and are none themselves."""

    oldest: datetime | None
    new: int
    dead: int

    def told(self) -> dict[str, object]:
        """Return it as JSON values."""
        oldest = self.oldest.isoformat() if self.oldest else None
        return {"oldest_received_at": oldest, "new": self.new, "dead": self.dead}


@dataclass(frozen=True, slots=True)
class Report:
    """All of one comparison."""

    at: datetime
    totals: Sequence[Total]
    payouts: Sequence[PaidOut]
    found: Mapping[Finding, Ids]
    waiting: Waiting
    #: Lines of Stripe's books that were looked at.
    entries: int

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        even = all(not total.difference for total in self.totals)
        return even and all(p.holds for p in self.payouts) and not any(self.counts().values())

    def counts(self) -> dict[Finding, int]:
        """Return how many of each kind were found, zeros included."""
        return {kind: self.found[kind].count if kind in self.found else 0 for kind in Finding}

    def told(self) -> dict[str, object]:
        """Return the document that is kept and printed; payouts that hold are counted there too."""
        return {
            "at": self.at.isoformat(),
            "holds": self.holds,
            "currencies": [total.told() for total in self.totals],
            "payouts": [payout.told() for payout in self.payouts],
            "findings": {
                kind.value: self.found[kind].told() for kind, n in self.counts().items() if n
            },
            "events": self.waiting.told(),
            "entries": self.entries,
        }


def sentences(report: Report) -> list[str]:
    """Say for staff what differs, a sentence for each; none where the books hold."""
    return [
        *(_total(total) for total in report.totals if total.difference),
        *(_payout(paid) for paid in report.payouts if not paid.holds),
        *(f"{kind.capitalize()}: {n:,}." for kind, n in report.counts().items() if n),
        *([_waiting(report.waiting)] if not report.holds and report.waiting.new else []),
    ]


def _total(total: Total) -> str:
    stripe, ours, more = (
        money(minor, total.currency) for minor in (total.stripe, total.ours, total.difference)
    )
    return f"{total.currency}: Stripe holds {stripe} for us, our books say {ours}; the difference is {more}."


def _payout(paid: PaidOut) -> str:
    code = paid.total.currency
    stripe, ours = (money(minor, code) for minor in (paid.total.stripe, paid.total.ours))
    return f"Payout {paid.payout_id}: Stripe paid {stripe} out, and our lines of it are {ours}."


def _waiting(waiting: Waiting) -> str:
    return f"Events not applied yet: {waiting.new:,}, which may be all there is to it."


def money(minor: int, code: str) -> str:
    """Write an amount as people do; of a currency that we do not know, in its minor units."""
    if code not in currencies.CURRENCIES:
        return f"{code} {minor:,} in minor units"
    return amounts.said(minor, code, "en")
