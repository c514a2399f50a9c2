"""What the ledger costs: 100,000 deliveries claimed, marked, settled and given back, and no mail."""

import gc
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bench import freeze, frozen, house, report
from bench.cpu import Meter
from bench.report import Goal
from config import limits
from db.base import db
from db.session import transaction
from mailer import claims, control, deliveries, recovery, settling
from mailer.claims import Claim
from mailer.deliveries import Due, Outcome
from mailer.models.deliveries import Delivery, DeliveryState, Queue
from mailer.settling import Consequences

READERS = 100_000
COMMITS = 100
_SIZE = text("""
    SELECT pg_total_relation_size('delivery') + pg_total_relation_size('batch'),
           pg_current_wal_lsn() - '0/0'
""")
_MESSAGE = text("SELECT pg_logical_emit_message(true, 'bench', '')")


def main() -> None:
    """Measure and print."""
    with house.house():
        freeze.populate(READERS)
        growth = [_size()]
        id_ = frozen.announcement()
        growth.append(_size())
        gc.freeze()  # as each process of a worker does (worker/celery.py)
        walk, meter, own = Walk(), Meter(), time.process_time()
        while walk.batch():
            pass
        own, spent = time.process_time() - own, meter.used(READERS)
        growth.append(_size())
        settled, commit = count(id_), statistics.median(commits())
    if settled != READERS:
        sys.exit(f"{settled} of {READERS} deliveries were settled")
    each = 1e6 / READERS
    report.say(
        "ledger",
        sum(walk.seconds.values()) * each,
        "us a delivery",
        Goal(30, at_least=False),
        steps={name: round(seconds * each, 1) for name, seconds in walk.seconds.items()},
        cpu_postgresql=spent.get("postgres"),
        cpu_python=round(own * each, 1),
        commit_ms=round(commit * 1000, 2),
        deliveries=READERS,
    )
    say_growth(growth)


def say_growth(growth: list[tuple[int, int]]) -> None:
    """Print what a delivery takes on disk; `growth` is what `_size` said before, between and behind."""
    (empty, began_at), (prepared, frozen_at), (size, ended_at) = growth
    report.say(
        "ledger-growth",
        (size - empty) / READERS,
        "bytes a delivery, indexes included",
        frozen=round((prepared - empty) / READERS),
        wal_freezing=round((frozen_at - began_at) / READERS),
        wal_sending=round((ended_at - frozen_at) / READERS),
    )


@dataclass
class Walk:
    """Takes batch after batch through the ledger as an errand does; each step is a transaction."""

    #: How long each step took so far, its commit included.
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def batch(self) -> bool:
        """Take the next batch to its end; return whether there was one."""
        with self._step("claim") as session:
            claim = claims.claim(session, Queue.BULK, holder=uuid4())
            if claim is not None:
                recovery.take_over(session, claim, None, resend=True, now=datetime.now(UTC))
        if claim is None:
            return False
        after = claim.first_delivery_id - 1
        while after < claim.last_delivery_id:
            due = self._window(claim, after)
            after = due[-1].id
            self._settle(claim, due)
        with self._step("finish") as session:
            control.finish_drained(session, now=datetime.now(UTC))
        return True

    @contextmanager
    def _step(self, name: str) -> Iterator[Session]:
        began = time.perf_counter()
        with transaction() as session:
            yield session
        self.seconds[name] += time.perf_counter() - began

    def _window(self, claim: Claim, after: int) -> list[Due]:
        with self._step("window") as session:
            return deliveries.window(session, claim, after=after, size=limits.WINDOW_SIZE_MAX)

    def _settle(self, claim: Claim, due: list[Due]) -> None:
        outcomes = [Outcome(item.id, DeliveryState.ACCEPTED, reason="250 2.0.0") for item in due]
        now = datetime.now(UTC)
        with self._step("settle") as session:
            settling.settle(session, claim, outcomes, Consequences(), now=now)
            if due[-1].id == claim.last_delivery_id:
                claims.release(session, claim)


def commits() -> Iterator[float]:
    """Yield how long an almost empty transaction takes that must reach the disk, in seconds."""
    for _ in range(COMMITS):
        began = time.perf_counter()
        with transaction() as session:
            session.execute(_MESSAGE)
        yield time.perf_counter() - began


def count(announcement_id: int) -> int:
    """Return how many deliveries are accepted."""
    ours = Delivery.announcement_id == announcement_id
    with transaction() as session:
        return session.scalars(
            select(func.count()).where(ours, Delivery.state == DeliveryState.ACCEPTED)
        ).one()


def _size() -> tuple[int, int]:
    """Return the bytes of the ledger's tables with their indexes, and of all WAL written so far."""
    with db.engine.connect() as connection:
        tables, wal = connection.execute(_SIZE).one()
        return int(tables), int(wal)


if __name__ == "__main__":
    main()
