"""Reconciling: do our books equal Stripe's? What is found is kept and told to staff, and never mended here.

(a) the sum of all lines is what Stripe holds for us, by the currency it settled in, and each line is in
both books with the same figures; (b) the lines of each payout add up to it; (c) each intent that succeeded
is one paid gift, and each paid gift one intent; (d) what is left of a gift is what its receipts say.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from payments import comparing, findings, matching, sweeping_objects, tasks, telling
from payments.comparing import Begin, Lag
from payments.findings import Finding, Ids, Report
from payments.gateway import Gateway
from payments.models.events import MoneyTask, Reconciliation, TaskKind
from payments.models.giving import Checkout

log = logging.getLogger(__name__)


class Look(Protocol):
    """A question that is asked of all gifts, a chunk at a time."""

    def __call__(self, session: Session, *, after: int, found: Ids) -> int | None:
        """Look at the gifts behind one, and return the number of the last; None where there is none."""


Clock = Callable[[], datetime]
"""Says what time it is; a night's work takes long enough that one reading is not enough."""
TEMPLATE: Final = "books-differ"
_LOCK: Final = 5_106_811_755
"""The advisory lock of a night's work: any number that nothing else in this database uses."""
_ABOUT: Final = "reconciliation:"
_MAIL_KEPT: Final = timedelta(days=2)


def compare(begin: Begin, stripe: Gateway, *, now: datetime, lag_seconds: int = 0) -> Report:
    """Compare all books and change nothing; raise TemporaryFailure where Stripe cannot be asked.

    What happened within `lag_seconds` of `now` is left out on both sides.
    """
    lag = Lag(now, lag_seconds)
    since = now - timedelta(seconds=limits.BOOKS_RECENT_SECONDS)
    totals = comparing.totals(begin, stripe, lag)
    seen, found = comparing.entries(begin, stripe, lag)
    payouts, missing, changed = comparing.payouts(begin, stripe, since=since)
    found[Finding.MISSING_PAYOUT], found[Finding.CHANGED_PAYOUT] = missing, changed
    found[Finding.MISSING_PAYMENT] = comparing.intents(begin, stripe, lag, since=since)
    with begin() as session:
        found |= matching.questions(session, lag)
        waiting = matching.waiting(session)
    found[Finding.RECEIPT_DIFFERS] = _walked(begin, matching.receipts, Ids())
    found[Finding.MISSING_RECEIPT] = _walked(
        begin, matching.nameless, found[Finding.MISSING_RECEIPT]
    )
    return Report(now, totals, payouts, found, waiting, seen)


def night(begin: Begin, stripe: Gateway, clock: Clock) -> Report | None:
    """Sweep, compare, keep what was found, and tell staff where it differs; once a night.

    None where that was done, or somebody else is at it. Raise TemporaryFailure where Stripe cannot be asked.
    """
    # The transaction that holds the lock touches no row, so that it keeps nothing from anybody.
    with begin() as guard:
        if not guard.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return None
        if not is_due(guard, now=clock()):
            return None
        sweeping_objects.sweep(begin, stripe, now=clock())
        report = compare(begin, stripe, now=clock(), lag_seconds=limits.BOOKS_LAG_SECONDS)
        with begin() as session:
            keep(session, report)
            if not report.holds:
                tell(session, report, now=clock())
    return report


def keep(session: Session, report: Report) -> Reconciliation:
    """Keep what was found, as it was; where the books differ, ask staff to look at it."""
    row = Reconciliation(at=report.at, holds=report.holds, document=report.told())
    session.add(row)
    session.flush()
    if not report.holds and not _is_asked(session):
        tasks.ask(
            session,
            TaskKind.DIFFERENCE,
            f"{_ABOUT}{row.id}",
            donation_id=None,
            due_at=report.at + timedelta(seconds=limits.DIFFERENCE_DUE_SECONDS),
            now=report.at,
        )
    return row


def tell(session: Session, report: Report, *, now: datetime) -> None:
    """Mail whoever looks after the money that the books differ: figures, and no id of any gift."""
    addresses = telling.concerned(session)
    if not addresses:
        log.error("the books differ, and nobody of the staff can be told")
    for address in addresses:
        outbox.queue(
            session,
            template=TEMPLATE,
            address=address,
            language="en",
            context={"differences": findings.sentences(report)},
            now=now,
            expires_at=now + _MAIL_KEPT,
        )


def last(session: Session) -> Reconciliation | None:
    """Return the newest comparison that was kept."""
    return session.scalar(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1))


def compared_at(session: Session) -> datetime | None:
    """Return when the books were last compared, before the first time when the first page was opened.

    None where there is nothing to compare.
    """
    newest = last(session)
    return newest.at if newest else session.scalar(select(func.min(Checkout.created_at)))


def is_due(session: Session, *, now: datetime) -> bool:
    """Tell whether none was kept in this night."""
    newest = last(session)
    return newest is None or now - newest.at >= timedelta(seconds=limits.BOOKS_NIGHT_SECONDS)


def _walked(begin: Begin, look: Look, found: Ids) -> Ids:
    """Have all gifts looked at, a chunk in each transaction, and return what was found."""
    after: int | None = 0
    while after is not None:
        with begin() as session:
            after = look(session, after=after, found=found)
    return found


def _is_asked(session: Session) -> bool:
    """Tell whether staff have a comparison to look at already: each night adds no task."""
    open_ = (
        MoneyTask.kind == TaskKind.DIFFERENCE,
        MoneyTask.about.like(f"{_ABOUT}%"),
        MoneyTask.done_at.is_(None),
    )
    return session.scalar(select(MoneyTask.id).where(*open_).limit(1)) is not None
