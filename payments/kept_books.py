"""A comparison of the books as it was kept, read back for the page that shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.findings import Total
from payments.models.events import Reconciliation


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A payout whose lines do not add up to it, and how many lines only one side has."""

    payout_id: str
    total: Total
    missing: int
    extra: int


@dataclass(frozen=True, slots=True)
class Found:
    """One kind of finding: how many there were, and the first of them by id."""

    kind: str
    count: int
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparison has found; payouts that hold are left out."""

    at: datetime
    holds: bool
    totals: Sequence[Total]
    payouts: Sequence[PaidOut]
    found: Sequence[Found]
    entries: int


def read(row: Reconciliation) -> Comparison:
    """Read what `findings.Report.told` has written."""
    document: Mapping[str, Any] = row.document
    payouts = [_paid_out(each) for each in document["payouts"]]
    return Comparison(
        at=row.at,
        holds=row.holds,
        totals=[_total(each) for each in document["currencies"]],
        payouts=[each for each in payouts if _differs(each)],
        found=[Found(kind, ids["count"], ids["ids"]) for kind, ids in document["findings"].items()],
        entries=document["entries"],
    )


def _total(said: Mapping[str, Any]) -> Total:
    return Total(said["currency"], said["stripe"], said["ours"])


def _paid_out(said: Mapping[str, Any]) -> PaidOut:
    return PaidOut(said["payout"], _total(said), said["missing"]["count"], said["extra"]["count"])


def _differs(paid: PaidOut) -> bool:
    return bool(paid.total.difference or paid.missing or paid.extra)
