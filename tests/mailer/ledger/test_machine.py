"""The ledger under any course of events: nobody is lost, nobody is mailed twice unnoticed.

A machine of hypothesis drives the real tables: readers come and go, two workers claim, offer, hear
answers, die at any point and lose their leases. The relay's own count is kept beside the ledger.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text

from config import limits
from db.base import db
from db.session import transaction
from mailer import audience, claims, deliveries, journal, recovery, subscribers
from mailer.claims import Claim, LeaseLost
from mailer.deliveries import Due, Outcome
from mailer.journal import Journal
from mailer.models.deliveries import FINAL, Batch, Delivery, DeliveryState, Queue
from mailer.models.subscribers import Subscriber, SubscriberState
from mailer.suppressions import lift
from tests import builders
from tests.cast import hire
from tests.conftest import empty_tables
from tests.mailer.ledger.conftest import deferred, now, progress

READERS = 6
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # it takes minutes on real tables
WORKERS = st.integers(0, 1)
ANSWERS = st.sampled_from(["yes", "yes", "no", "later", "soon"])


@dataclass
class Worker:
    """What one worker process has in its memory, which is lost when it dies."""

    held: Claim
    notes: Journal
    after: int = 0
    waiting: list[Due] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)


class Ledger(RuleBasedStateMachine):
    """Any course of events over one announcement to six readers."""

    resend = True

    def __init__(self) -> None:
        super().__init__()
        self._temporary = tempfile.TemporaryDirectory(prefix="samizdat-ledger-")
        self.folder = Path(self._temporary.name)
        self.workers: dict[int, Worker] = {}
        self.relay_took: Counter[int] = Counter()
        self.id = 0
        #: Holders are named by it: journals are judged in the order of their names.
        self.luck = Random(0)  # noqa: S311 - nothing secret

    @initialize(chunks=st.sampled_from([3, 3, 3, 1, 0]), luck=st.randoms(use_true_random=True))
    def announce(self, chunks: int, luck: Random) -> None:
        """Start an announcement, its audience frozen as far as that."""
        self.luck = luck
        empty_tables()
        builders.number_anew()
        builders.subscribers(READERS)
        chen, dana = hire("chen"), hire("dana")
        self.id = builders.announcement(builders.release(), author=chen, approver=dana)
        for _ in range(chunks):
            self.freeze()

    # -- readers ---------------------------------------------------------------------------------

    @rule(number=st.integers(1, READERS))
    def leave(self, number: int) -> None:
        with transaction() as session:
            subscribers.unsubscribe(session, number, 1, source="test", now=now())

    @rule(number=st.integers(1, READERS))
    def come_back(self, number: int) -> None:
        with transaction() as session:
            reader = session.get_one(Subscriber, number)
            reader.state = SubscriberState.CONFIRMED
            lift(session, reader.address_index)

    @rule()
    def freeze(self) -> None:
        with transaction() as session:
            audience.freeze(session, self.id, now=now())

    # -- workers ---------------------------------------------------------------------------------

    @rule(who=WORKERS)
    def claim(self, who: int) -> None:
        if who in self.workers:
            return
        holder = UUID(int=self.luck.getrandbits(128))
        notes = Journal(self.folder, holder)
        with transaction() as session:
            held = claims.claim(session, Queue.BULK, holder=holder)
            if held is not None:
                left = journal.left_by(self.folder, held.lost) if held.lost else None
                recovery.take_over(session, held, left, resend=self.resend, now=now())
        if held is None:
            notes.close()
        else:
            self.workers[who] = Worker(held, notes)

    @rule(who=WORKERS)
    def window(self, who: int) -> None:
        worker = self.workers.get(who)
        if worker is None or worker.waiting or worker.answers:
            return
        with self._losing(who), transaction() as session:
            worker.waiting = deliveries.window(session, worker.held, after=worker.after)
            worker.after = max([worker.after, *[due.id for due in worker.waiting]])

    @rule(who=WORKERS, said=ANSWERS)
    def answer(self, who: int, said: str) -> None:
        if (due := self._offered(who)) is None:
            return
        outcome = {
            "yes": Outcome(due.id, DeliveryState.ACCEPTED, reason="250"),
            "no": Outcome(due.id, DeliveryState.REFUSED, reason="5.7.1"),
            "later": deferred(due.id, seconds=3600),
            "soon": deferred(due.id, seconds=-1),
        }[said]
        self._hears(who, outcome, took=said == "yes")

    @rule(who=WORKERS, took=st.booleans())
    def no_answer(self, who: int, *, took: bool) -> None:
        if (due := self._offered(who)) is None:
            return
        again = self.resend and due.doubts == 0
        state = DeliveryState.QUEUED if again else DeliveryState.UNCERTAIN
        outcome = Outcome(due.id, state, reason="it hung up", doubt=True)
        self._hears(who, outcome, took=took)

    @rule(who=WORKERS)
    def settle(self, who: int) -> None:
        worker = self.workers.get(who)
        if worker is None or not worker.answers:
            return
        untried = [Outcome(d.id, DeliveryState.QUEUED, offered=False) for d in worker.waiting]
        with transaction() as session:
            ours = deliveries.settle(session, worker.held, [*worker.answers, *untried])
        worker.notes.clear()
        worker.answers, worker.waiting = [], []
        if not ours:
            self._dies(who)

    @rule(who=WORKERS)
    def give_back(self, who: int) -> None:
        worker = self.workers.get(who)
        if worker is None or worker.waiting or worker.answers:
            return
        with transaction() as session:
            claims.release(session, worker.held)
        worker.notes.close()
        del self.workers[who]

    @rule(who=WORKERS, said=st.lists(ANSWERS, min_size=READERS, max_size=READERS))
    def go_through(self, who: int, said: list[str]) -> None:
        """Do as a worker does that is left in peace: a batch to its end."""
        self.settle(who)
        self.claim(who)
        self.window(who)
        while who in self.workers and self.workers[who].waiting:
            while self.workers[who].waiting:
                self.answer(who, said[len(self.workers[who].answers)])
            self.settle(who)
            self.window(who)
        self.give_back(who)

    # -- what goes wrong ---------------------------------------------------------------------------

    @precondition(lambda self: self.workers)
    @rule(who=WORKERS)
    def die(self, who: int) -> None:
        if who in self.workers:
            self._dies(who)

    @rule(who=WORKERS, took=st.booleans(), journal_too=st.booleans())
    def die_behind_the_dot(self, who: int, *, took: bool, journal_too: bool) -> None:
        """Die with an offer unanswered; where the whole host is gone, its journal is too."""
        self.claim(who)
        self.window(who)
        if (due := self._offered(who)) is not None:
            self.relay_took[due.id] += took
            holder = self.workers[who].held.holder
            self._dies(who)
            if journal_too:
                (self.folder / f"{holder}.journal").unlink()

    @precondition(lambda self: self.workers)
    @rule(who=WORKERS)
    def die_between_settling_and_clearing(self, who: int) -> None:
        worker = self.workers.get(who)
        if worker is not None and worker.answers:
            with transaction() as session:
                deliveries.settle(session, worker.held, worker.answers)
            self._dies(who)

    @rule()
    def leases_run_out(self) -> None:
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE batch SET leased_until = now() - interval '1 s'"))

    @rule()
    def recover(self) -> None:
        with journal.orphans(self.folder) as found:
            for orphan in found:
                with transaction() as session:
                    recovery.recover(session, orphan, resend=self.resend, now=now())

    @rule()
    def time_passes(self) -> None:
        with db.engine.begin() as connection:
            connection.execute(
                # What is due already stays as it is: it may be at hand, and nobody touches that.
                text(
                    "UPDATE delivery SET next_try_at = now()"
                    " WHERE state = 'deferred' AND next_try_at > now()"
                )
            )
            connection.execute(text("UPDATE batch SET due_at = now() WHERE closed_at IS NULL"))

    # -- what always holds -------------------------------------------------------------------------

    @invariant()
    def nobody_is_mailed_twice_unnoticed(self) -> None:
        for row in self._deliveries():
            assert self.relay_took[row.id] <= 1 + row.doubts
            assert self.resend or self.relay_took[row.id] <= 1

    @invariant()
    def nobody_is_lost(self) -> None:
        with transaction() as session:
            open_ = session.scalars(select(Batch).where(Batch.closed_at.is_(None))).all()
        for row in self._deliveries():
            if row.state not in FINAL:
                held = [b for b in open_ if b.first_delivery_id <= row.id <= b.last_delivery_id]
                assert len(held) == 1

    @invariant()
    def every_recipient_is_counted(self) -> None:
        report = progress(self.id)
        assert report.recipients == sum(report.counts.values()) <= READERS
        assert report.closes == (report.settled == report.recipients)

    @invariant()
    def the_ledger_claims_no_mail_that_the_relay_did_not_take(self) -> None:
        for row in self._deliveries():
            assert row.state is not DeliveryState.ACCEPTED or self.relay_took[row.id]

    def teardown(self) -> None:
        """Let everything end well: then the books close, and nobody is left over."""
        try:
            if self.id:
                self._ends_well()
        finally:
            self._temporary.cleanup()

    # -- the means ---------------------------------------------------------------------------------

    def _ends_well(self) -> None:
        for who in list(self.workers):
            self._dies(who)
        for _ in range(2 * READERS):
            self.freeze()
            self.recover()
            self.leases_run_out()
            self.time_passes()
            self.go_through(0, ["yes"] * READERS)
        assert progress(self.id).closes
        assert {row.state for row in self._deliveries()} <= FINAL
        self.nobody_is_mailed_twice_unnoticed()
        self.the_ledger_claims_no_mail_that_the_relay_did_not_take()

    def _offered(self, who: int) -> Due | None:
        worker = self.workers.get(who)
        if worker is None or not worker.waiting:
            return None
        due = worker.waiting.pop(0)
        worker.notes.offer(due.id)
        return due

    def _hears(self, who: int, outcome: Outcome, *, took: bool) -> None:
        self.relay_took[outcome.delivery_id] += took
        self.workers[who].notes.reply(outcome)
        self.workers[who].answers.append(outcome)

    def _dies(self, who: int) -> None:
        self.workers.pop(who).notes.abandon()

    @contextmanager
    def _losing(self, who: int) -> Iterator[None]:
        try:
            yield
        except LeaseLost:
            self._dies(who)

    def _deliveries(self) -> list[Delivery]:
        ours = select(Delivery).where(Delivery.announcement_id == self.id).order_by(Delivery.id)
        with transaction() as session:
            return list(session.scalars(ours))


class Cautious(Ledger):
    """The same with RESEND_UNCERTAIN=false: then nobody is ever mailed twice."""

    resend = False


def run(machine: type[Ledger], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a machine take its course, over batches and windows so small that much happens in few steps."""
    for name, small in {"FREEZE_CHUNK": 3, "BATCH_SIZE": 3, "WINDOW_SIZE": 2}.items():
        monkeypatch.setattr(limits, name, small)
    monkeypatch.setattr(limits, "BATCHES_PER_CHUNK", 1)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10, stateful_step_count=30, deadline=None, phases=WITHOUT_SHRINKING
        ),
    )


@pytest.mark.parametrize("machine", [Ledger, Cautious])
def test_nobody_is_lost_and_nobody_is_mailed_twice_unnoticed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, machine: type[Ledger]
) -> None:
    run(machine, monkeypatch)
