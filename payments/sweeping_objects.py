"""Sweeping objects: once a night we go through Stripe's own lists, so that the books need no event.

Each object that our rows do not equal is fetched and applied as if its event had come: by the same modules.
So the sweep alone arrives at the same books, also after a month in which no event reached us. What it cannot
find are early fraud warnings, which move no money.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from config import limits
from payments import ledger
from payments.applying import (
    disputes,
    intents,
    invoices,
    payouts,
    refunds,
    sessions,
    subscriptions,
)
from payments.comparing import Begin, chunks
from payments.gateway import BalanceTransaction, Gateway, TemporaryFailure
from payments.models.events import Cursor
from payments.models.giving import (
    Checkout,
    CheckoutState,
    Donation,
    DonationState,
    Plan,
    PlanState,
)
from payments.models.money import Dispute, Payment, Payout, Refund

log = logging.getLogger(__name__)

OBJECTS: Final = "objects"
LEDGER: Final = "balance transactions"
"""The names of the cursors: when the last whole sweep began, and the newest line that was written."""

Snapshot = TypeVar("Snapshot")
Applied_contra = TypeVar("Applied_contra", contravariant=True)

Ids = Select[str] | Select[str | None]

_STANDING_SESSIONS: Final = (
    select(Checkout.session_id)
    .outerjoin(Donation, Donation.id == Checkout.donation_id)
    .outerjoin(Plan, Plan.id == Checkout.plan_id)
    .where(
        Checkout.session_id.is_not(None),
        or_(
            Checkout.state == CheckoutState.OPEN,
            and_(
                Checkout.state == CheckoutState.COMPLETE,
                or_(
                    Donation.state == DonationState.PROCESSING,
                    Plan.state == PlanState.PENDING,
                ),
            ),
        ),
    )
)
"""Pages that may be paid at, debits on their way, and plans whose subscription we have not heard of."""
_STANDING_PLANS: Final = select(Plan.subscription_id).where(
    Plan.subscription_id.is_not(None), Plan.state != PlanState.ENDED
)
_STANDING_REFUNDS: Final = select(Refund.refund_id).where(
    Refund.refund_id.is_not(None), Refund.status.in_(["pending", "requires_action"])
)
_STANDING_DISPUTES: Final = select(Dispute.dispute_id).where(
    Dispute.status.not_in(["won", "lost", "warning_closed", "prevented"])
)


@dataclass
class Sweep:
    """One sweep: what it asks, and how many objects of each kind it applied or could not apply."""

    begin: Begin
    stripe: Gateway
    now: datetime
    applied: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def each(
        self,
        kind: str,
        ids: Iterable[str],
        fetch: Callable[[Gateway, str], Snapshot],
        apply: "Apply[Snapshot]",
    ) -> None:
        """Fetch and apply objects one by one; one that cannot be applied keeps no other from it.

        Raise TemporaryFailure where Stripe cannot be asked, OperationalError where the database cannot.
        """
        for id_ in ids:
            try:
                snapshot = fetch(self.stripe, id_)
                with self.begin() as session:
                    apply(session, snapshot, now=self.now)
            except (TemporaryFailure, OperationalError):
                raise
            except Exception as fault:  # noqa: BLE001 - whatever it is, the others are swept all the same
                # Its kind alone: what a fault says may hold what it was about.
                log.error("a %s cannot be swept: %s", kind, type(fault).__name__, extra={"id": id_})  # noqa: TRY400 - as above
                self.failed[kind] += 1
            else:
                self.applied[kind] += 1

    def ids(self, statement: Ids) -> list[str]:
        """Return the ids that a statement finds among our rows."""
        with self.begin() as session:
            return [id_ for id_ in session.scalars(statement) if id_ is not None]


class Apply(Protocol[Applied_contra]):
    """What each module of payments/applying has."""

    def __call__(self, session: Session, snapshot: Applied_contra, /, *, now: datetime) -> None:
        """Apply a snapshot in the caller's transaction."""


def sweep(begin: Begin, stripe: Gateway, *, now: datetime) -> Sweep:
    """Bring our books to where Stripe's are; raise TemporaryFailure where it cannot be asked to the end.

    It may be repeated at any time. The cursors move only at the end of a whole sweep.
    """
    run = Sweep(begin, stripe, now)
    since = _since(begin, now)
    _sessions(run)
    _invoices(run, since)
    _intents(run, since)
    run.each("subscription", run.ids(_STANDING_PLANS), subscriptions.fetch, subscriptions.apply)
    _refunds(run, since)
    _disputes(run, since)
    _payouts(run, since)
    _ledger(run)
    with begin() as session:
        _move(session, OBJECTS, now)
    return run


def _since(begin: Begin, now: datetime) -> datetime:
    """Return how far back lists are asked for: further where no sweep has come to its end for long.

    Before the first whole sweep that is to our first attempt at a page: nothing of ours is older.
    """
    usual = now - timedelta(seconds=limits.SWEEP_OBJECTS_SECONDS)
    with begin() as session:
        last = session.get(Cursor, OBJECTS)
        before = last.at if last else session.scalar(select(func.min(Checkout.created_at)))
    return min(usual, _overlapping(before)) if before else usual


def _sessions(run: Sweep) -> None:
    """Follow the pages that may have been paid at, and the debits that are on their way."""
    run.each("session", run.ids(_STANDING_SESSIONS), sessions.fetch, sessions.apply)


def _invoices(run: Sweep, since: datetime) -> None:
    paid = (each.id for each in run.stripe.invoices(since=since) if each.amount_paid)
    for chunk in chunks(paid):
        ours = run.ids(
            select(Donation.invoice_id).where(
                Donation.invoice_id.in_(chunk), Donation.state == DonationState.PAID
            )
        )
        run.each("invoice", _without(chunk, ours), invoices.fetch, invoices.apply)


def _intents(run: Sweep, since: datetime) -> None:
    succeeded = (each.id for each in run.stripe.intents(since=since) if each.status == "succeeded")
    for chunk in chunks(succeeded):
        ours = run.ids(
            select(Payment.payment_intent_id).where(
                Payment.payment_intent_id.in_(chunk),
                Payment.donation_id.is_not(None),
                Payment.charge_id.is_not(None),
            )
        )
        run.each("intent", _without(chunk, ours), intents.fetch, intents.apply)


def _refunds(run: Sweep, since: datetime) -> None:
    """Follow the refunds made lately, and older ones that have not arrived."""
    listed = [each.id for each in run.stripe.refunds(since=since)]
    ids = dict.fromkeys(listed + run.ids(_STANDING_REFUNDS))
    run.each("refund", ids, refunds.fetch, refunds.apply)


def _disputes(run: Sweep, since: datetime) -> None:
    """Follow the disputes made lately, and older ones that are not decided."""
    listed = [each.id for each in run.stripe.disputes(since=since)]
    ids = dict.fromkeys(listed + run.ids(_STANDING_DISPUTES))
    run.each("dispute", ids, disputes.fetch, disputes.apply)


def _payouts(run: Sweep, since: datetime) -> None:
    """Follow the payouts made lately, but those of which all is known, with their many lines."""
    said = {each.id: each.status for each in run.stripe.payouts(since=since)}
    with run.begin() as session:
        rows = session.execute(
            select(Payout.payout_id, Payout.status).where(
                Payout.payout_id.in_(said), Payout.reconciliation == "completed"
            )
        )
        known = {id_ for id_, status in rows if said[id_] == status}
    run.each("payout", _without(said, known), payouts.fetch, payouts.apply)


def _ledger(run: Sweep) -> None:
    """Write Stripe's lines since the newest we had; many at once, the newest first.

    So the cursor moves only when all are written: a sweep that is cut off leaves no gap behind it.
    """
    with run.begin() as session:
        last = session.get(Cursor, LEDGER)
    newest = last.at if last else None
    lines = run.stripe.balance_transactions(since=_overlapping(newest) if newest else None)
    for chunk in chunks(lines, limits.SWEEP_WRITE_CHUNK):
        newest = max(filter(None, [newest, chunk[0].made_at]))
        with run.begin() as session:
            run.applied["line"] += sum(_write(session, chunk, run.now))
    if newest is not None:
        with run.begin() as session:
            _move(session, LEDGER, newest)


def _write(session: Session, lines: Iterable[BalanceTransaction], now: datetime) -> Iterator[bool]:
    return (ledger.write(session, line, now=now) for line in lines)


def _move(session: Session, name: str, at: datetime) -> None:
    """Move a cursor forward; two sweeps at once leave the later one's."""
    moved = insert(Cursor).values(name=name, at=at)
    session.execute(
        moved.on_conflict_do_update(
            index_elements=[Cursor.name], set_={"at": func.greatest(Cursor.at, moved.excluded.at)}
        )
    )


def _overlapping(moment: datetime) -> datetime:
    return moment - timedelta(seconds=limits.SWEEP_OVERLAP_SECONDS)


def _without(ids: Iterable[str], known: Collection[str]) -> list[str]:
    return [id_ for id_ in ids if id_ not in known]
