"""Comparing: Stripe's lists beside our rows, a chunk at a time, so that ten years take no more memory.

Stripe is asked outside any transaction; each chunk of ours is read in a short one. What differs is looked
at once more at the end, because gifts arrive meanwhile. Nothing here changes a row.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from config import limits
from payments import gateway, ledger
from payments.findings import Finding, Ids, PaidOut, Total
from payments.gateway import BalanceTransaction, Gateway, Intent
from payments.models.money import LedgerEntry, Payment, Payout, PayoutEntry

Begin = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction: `db.session.transaction`."""
T = TypeVar("T")

_BALANCE: Final = "payments"
_OURS: Final = LedgerEntry.balance_transaction_id.not_like(f"{ledger.OFFLINE}%")
_FIGURES: Final = (
    LedgerEntry.balance_transaction_id,
    LedgerEntry.amount,
    LedgerEntry.fee,
    LedgerEntry.net,
    LedgerEntry.currency,
)


@dataclass(frozen=True, slots=True)
class Lag:
    """What is too young to be compared: it happened within so many seconds of `now`, or does so meanwhile.

    A clock of Stripe's that is far ahead of ours, as a sandbox's may be, makes nothing young.
    """

    now: datetime
    seconds: int = 0

    @property
    def since(self) -> datetime:
        """Return the moment behind which it is too young."""
        return self.now - timedelta(seconds=self.seconds)

    @property
    def until(self) -> datetime:
        """Return the moment by which comparing is through."""
        return self.now + timedelta(seconds=self.seconds)

    def covers(self, moment: datetime) -> bool:
        """Tell whether what happened then is too young."""
        return self.since < moment <= self.until

    def leaves(self) -> ColumnElement[bool]:
        """Return the condition on the lines of the ledger that are compared."""
        return or_(LedgerEntry.made_at <= self.since, LedgerEntry.made_at > self.until)


@dataclass
class Lines:
    """What the walk through Stripe's books has found so far."""

    seen: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    changed: Ids = field(default_factory=Ids)


def totals(begin: Begin, stripe: Gateway, lag: Lag) -> list[Total]:
    """Compare the sums of all lines with what Stripe holds for us, by currency (check a).

    Raise TemporaryFailure where money kept moving while we looked.
    """
    for _ in range(limits.BOOKS_TRIES):
        before = dict(stripe.balance())
        young = _young(stripe, lag)
        with begin() as session:
            ours = _sums(session, lag)
        if dict(stripe.balance()) == before:
            codes = sorted(before.keys() | ours.keys() | young.keys())
            return [
                Total(code, before.get(code, 0) - young.get(code, 0), ours.get(code, 0))
                for code in codes
            ]
    raise gateway.TemporaryFailure("Money moved at Stripe while its balance was read: ask again.")


def entries(begin: Begin, stripe: Gateway, lag: Lag) -> tuple[int, dict[Finding, Ids]]:
    """Compare Stripe's lines with ours one by one; return how many it has, and what differs."""
    lines, upper = Lines(), None
    for chunk in _seconds_whole(stripe.balance_transactions()):
        lower = chunk[-1].made_at
        _compare(begin, lines, chunk, lag, _between(lower, upper))
        lines.seen, upper = lines.seen + len(chunk), lower
    _compare(begin, lines, [], lag, _between(None, upper))
    found = {kind: Ids() for kind in (Finding.MISSING_ENTRY, Finding.EXTRA_ENTRY)}
    found[Finding.CHANGED_ENTRY] = lines.changed
    found[Finding.MISSING_ENTRY].add(_still_missing(begin, lines.missing))
    found[Finding.EXTRA_ENTRY].add(_really_extra(stripe, lines.extra))
    return lines.seen, found


def payouts(begin: Begin, stripe: Gateway, *, since: datetime) -> tuple[list[PaidOut], Ids, Ids]:
    """Compare each payout that Stripe made since then (check b).

    Its lines count where Stripe made it by itself and says that it is reconciled. Return also the ids that
    we lack, and those of which our row says another amount.
    """
    compared, missing, changed = [], Ids(), Ids()
    for theirs in stripe.payouts(since=since):
        with begin() as session:
            ours = session.scalar(select(Payout).where(Payout.payout_id == theirs.id))
        if ours is None:
            missing.add([theirs.id])
            continue
        if (ours.amount, ours.currency) != (theirs.amount, theirs.currency):
            changed.add([theirs.id])
        if theirs.automatic and theirs.reconciliation == "completed":
            compared.append(_paid_out(begin, stripe, theirs))
    return compared, missing, changed


def intents(begin: Begin, stripe: Gateway, lag: Lag, *, since: datetime) -> Ids:
    """Return the intents that succeeded at Stripe and are no payment here (check c, from their side).

    Only lately: an older one has a charge in Stripe's books, which are compared whole.
    """
    lacking: list[str] = []
    ripe = (each for each in stripe.intents(since=since) if _is_ripe(each, lag))
    for chunk in chunks(ripe):
        lacking += _without_payment(begin, [each.id for each in chunk])
    found = Ids()
    found.add(_without_payment(begin, lacking))
    return found


def chunks(things: Iterable[T], size: int | None = None) -> Iterator[list[T]]:
    """Cut what comes into lists of BOOKS_CHUNK, or of this size."""
    rest = iter(things)
    while chunk := list(itertools.islice(rest, size or limits.BOOKS_CHUNK)):
        yield chunk


def _is_ripe(intent: Intent, lag: Lag) -> bool:
    return intent.status == "succeeded" and not lag.covers(intent.made_at)


def _young(stripe: Gateway, lag: Lag) -> dict[str, int]:
    """Return the sums of the lines that are too young to be compared."""
    sums: dict[str, int] = {}
    if not lag.seconds:
        return sums
    for line in stripe.balance_transactions(since=lag.since):
        if lag.covers(line.made_at) and line.balance_type == _BALANCE:
            sums[line.currency] = sums.get(line.currency, 0) + line.net
    return sums


def _sums(session: Session, lag: Lag) -> dict[str, int]:
    rows = session.execute(
        select(LedgerEntry.currency, func.sum(LedgerEntry.net))
        .where(_OURS, LedgerEntry.balance_type == _BALANCE, lag.leaves())
        .group_by(LedgerEntry.currency)
    )
    return {code: int(total) for code, total in rows}


def _seconds_whole(lines: Iterable[BalanceTransaction]) -> Iterator[list[BalanceTransaction]]:
    """Cut the list, newest first, where a second ends: what we have of the same time is one range then."""
    chunk: list[BalanceTransaction] = []
    for line in lines:
        if len(chunk) >= limits.BOOKS_CHUNK and line.made_at < chunk[-1].made_at:
            yield chunk
            chunk = []
        chunk.append(line)
    if chunk:
        yield chunk


def _between(lower: datetime | None, upper: datetime | None) -> ColumnElement[bool]:
    above = LedgerEntry.made_at >= lower if lower else true()
    return and_(above, LedgerEntry.made_at < upper) if upper else above


def _compare(
    begin: Begin,
    lines: Lines,
    chunk: Sequence[BalanceTransaction],
    lag: Lag,
    where: ColumnElement[bool],
) -> None:
    """Compare a chunk with what we have of the same time, and note what differs."""
    with begin() as session:
        rows = session.execute(select(*_FIGURES).where(_OURS, lag.leaves(), where))
        ours = {row[0]: row for row in rows}
    for line in chunk:
        row = ours.pop(line.id, None)
        if lag.covers(line.made_at):
            continue
        if row is None:
            lines.missing.append(line.id)
        elif not _same(row, line):
            lines.changed.add([line.id])
    lines.extra += ours


def _same(row: Row[str, int, int, int, str], line: BalanceTransaction) -> bool:
    _, amount, fee, net, currency = row
    return (amount, fee, net, currency) == (line.amount, line.fee, line.net, line.currency)


def _still_missing(begin: Begin, ids: Sequence[str]) -> Iterator[str]:
    """Give those that we have not got meanwhile."""
    for chunk in chunks(ids):
        with begin() as session:
            there = set(
                session.scalars(
                    select(LedgerEntry.balance_transaction_id).where(
                        LedgerEntry.balance_transaction_id.in_(chunk)
                    )
                )
            )
        yield from (id_ for id_ in chunk if id_ not in there)


def _really_extra(stripe: Gateway, ids: Sequence[str]) -> Iterator[str]:
    """Give those that Stripe does not know when asked by id: the list was begun before they were made."""
    for place, id_ in enumerate(ids):
        if place >= limits.BOOKS_IDS_SHOWN or not _knows(stripe, id_):
            yield id_


def _knows(stripe: Gateway, id_: str) -> bool:
    try:
        stripe.balance_transaction(id_)
    except gateway.NotFound:
        return False
    return True


def _paid_out(begin: Begin, stripe: Gateway, theirs: gateway.Payout) -> PaidOut:
    """Compare the lines of one payout; its own, which takes the money out, is no part of it."""
    lines = stripe.balance_transactions(payout_id=theirs.id)
    wanted = {line.id for line in lines if line.source_id != theirs.id}
    with begin() as session:
        ours = dict(session.execute(_entries_of(theirs.id)).all())
    missing, extra = Ids(), Ids()
    missing.add(sorted(wanted - ours.keys()))
    extra.add(sorted(ours.keys() - wanted))
    total = Total(theirs.currency, theirs.amount, sum(ours.values()))
    return PaidOut(theirs.id, total, missing, extra)


def _entries_of(payout_id: str) -> Select[str, int]:
    return (
        select(LedgerEntry.balance_transaction_id, LedgerEntry.net)
        .join(
            PayoutEntry,
            PayoutEntry.balance_transaction_id == LedgerEntry.balance_transaction_id,
        )
        .where(PayoutEntry.payout_id == payout_id)
    )


def _without_payment(begin: Begin, ids: Sequence[str]) -> list[str]:
    with begin() as session:
        there = set(
            session.scalars(
                select(Payment.payment_intent_id).where(Payment.payment_intent_id.in_(ids))
            )
        )
    return [id_ for id_ in ids if id_ not in there]
