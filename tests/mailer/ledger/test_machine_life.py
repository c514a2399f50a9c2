"""The whole life of announcements under any course of events, over the ledger's machine (`test_machine`).

One release goes to a press list and to everybody, is paused, resumed, cancelled, finished and announced
again, while readers come and go and two workers are killed at any point. The relay's own count is kept.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from uuid import UUID

import pytest
from flask import Flask, current_app
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.session import KEYRING, transaction
from mailer import approvals, audience, control, proposals, releases, schedules, topics
from mailer.announcements import AnnouncementRefused
from mailer.claims import LeaseLost
from mailer.composing import Composer
from mailer.deliveries import Due, Outcome
from mailer.errands import Errand, Means, Tempo
from mailer.lifecycle import NotLawful
from mailer.models.announcements import OVER, Announcement, AnnouncementState, Audience
from mailer.models.deliveries import FINAL, Batch, Delivery, DeliveryState
from mailer.packing import Packer
from mailer.smtp.relay import Relay
from mailer.watches import Watch
from mailer.wire import Wire
from tests import builders
from tests.cast import Staff, hire
from tests.conftest import empty_tables
from tests.mailer.ledger.conftest import now, progress
from tests.mailer.ledger.test_machine import ANSWERS, READERS, WORKERS, Ledger, run
from wiring.core import CORE

NEVER = frozenset({DeliveryState.SKIPPED, DeliveryState.REFUSED})
READERS_MAX = READERS + 2
Act = Callable[..., None]


def go_on(session: Session, announcement: Announcement, **_: object) -> None:
    """Resume, as whoever started it."""
    by = announcement.approver_id or 0
    control.resume(session, announcement, staff_id=by, now=now())


STOPS: st.SearchStrategy[Act] = st.sampled_from([control.pause, control.cancel])
ACTS: st.SearchStrategy[Act] = st.sampled_from([go_on, go_on, control.pause, control.cancel])


class Life(Ledger):
    """Any course of events over the announcements of one release."""

    def __init__(self) -> None:
        super().__init__()
        self.slug = ""
        self.people: list[Staff] = []
        self.readers = READERS
        #: Holders that looked within the last second, and those that were told to stop.
        self.looked: set[UUID] = set()
        self.stopped: set[UUID] = set()
        self.accepted: set[int] = set()

    @initialize(chunks=st.sampled_from([3, 3, 3, 1]), luck=st.randoms(use_true_random=True))
    def announce(self, chunks: int, luck: Random) -> None:
        """Start the announcement to everybody, its audience frozen as far as that."""
        self.luck = luck
        empty_tables()
        builders.number_anew()
        with transaction() as session:
            topics.add(session, slug="press", name="Press", by_invitation=True)
        for number in range(READERS):
            slugs = ("releases", "press") if number % 2 else ("releases",)
            builders.subscriber(f"reader{number}@example.org", topic_slugs=slugs)
        self.people = [hire("chen"), hire("dana")]
        self.slug = builders.release()
        self.id = builders.announcement(self.slug, author=self.people[0], approver=self.people[1])
        for _ in range(chunks):
            self.freeze()

    # -- readers and staff ---------------------------------------------------------------------------

    @rule(number=st.integers(1, READERS), comes=st.booleans())
    def reader(self, number: int, *, comes: bool) -> None:
        """Leave, or come back."""
        (self.come_back if comes else self.leave)(number)

    @rule()
    def subscribe(self) -> None:
        if self.readers < READERS_MAX:
            builders.subscriber(f"reader{self.readers}@example.org")
            self.readers += 1

    @rule(to=st.sampled_from([Audience.PUBLIC, Audience.EARLY]))
    def announce_again(self, to: Audience) -> None:
        """Send it to the press list, to the new readers, or to the rest: where that is refused, it is."""
        author, approver = (person.id for person in self.people)
        with suppress(AnnouncementRefused), transaction() as session:
            release = releases.named(session, self.slug)
            chosen = topics.named(session, ["press"]) if to is Audience.EARLY else None
            made = proposals.propose(
                session, release, author_id=author, now=now(), audience=to, topics=chosen
            )
            approvals.approve(session, made, approver_id=approver, now=now(), read=None)
            schedules.start(session, made, staff_id=approver, now=now())

    @rule()
    def freeze(self) -> None:
        for each in self._announcements():
            with transaction() as session:
                audience.freeze(session, each.id, now=now())

    @rule(which=st.integers(0, 2), act=ACTS)
    def staff_say(self, which: int, act: Act) -> None:
        self._say(act, self._chosen(which))

    @rule()
    def sweep(self) -> None:
        with transaction() as session:
            control.skip_cancelled(session, now=now())
        with transaction() as session:
            control.finish_drained(session, now=now())

    # -- workers -------------------------------------------------------------------------------------

    @rule()
    def a_second_passes(self) -> None:
        self.looked.clear()

    @rule(who=WORKERS)
    def begin(self, who: int) -> None:
        self.settle(who)
        self.claim(who)
        self.window(who)

    def window(self, who: int) -> None:
        if who in self.workers and self.workers[who].held.holder not in self.stopped:
            super().window(who)

    @rule(who=WORKERS, said=st.lists(ANSWERS, min_size=1, max_size=READERS))
    def go_through(self, who: int, said: list[str]) -> None:
        """Do as a worker does that is left in peace: a batch to its end."""
        self.begin(who)
        for number in range(2 * READERS_MAX):
            if who not in self.workers or not self.workers[who].waiting:
                break
            self.answer(who, said[number % len(said)])
            if who in self.workers and not self.workers[who].waiting:
                self.settle(who)
                self.window(who)
        self.give_back(who)

    # -- staff and senders at the same moment ----------------------------------------------------------

    @rule(who=WORKERS, act=STOPS)
    def stop_what_is_under_way(self, who: int, act: Act) -> None:
        """Whoever has marked a window offers nothing more once they have looked."""
        self.begin(who)
        if who in self.workers:
            self._say(act, self.workers[who].held.announcement_id)
            self.looked.clear()
            took = self.relay_took.total()
            self.answer(who, "yes")
            assert self.relay_took.total() == took

    @rule(who=WORKERS, took=st.booleans())
    def stop_under_a_worker_that_is_lost(self, who: int, *, took: bool) -> None:
        """Cancelled, what was on the wire of a worker that is gone may have reached its reader."""
        self.begin(who)
        if who in self.workers:
            held = self.workers[who].held
            self.die_behind_the_dot(who, took=took, journal_too=True)
            self._say(control.cancel, held.announcement_id)
            self.leases_run_out()
            self.sweep()
            self.announce_again(Audience.PUBLIC)
            self.freeze()

    # -- parts of the rules above: drawn alone, they would leave too little time for those -------------

    def claim(self, who: int) -> None:
        super().claim(who)

    def settle(self, who: int) -> None:
        super().settle(who)

    def give_back(self, who: int) -> None:
        super().give_back(who)

    def leave(self, number: int) -> None:
        super().leave(number)

    def come_back(self, number: int) -> None:
        super().come_back(number)

    # -- what always holds ---------------------------------------------------------------------------

    @invariant()
    def nobody_gets_one_release_twice(self) -> None:
        rows = self._deliveries()
        took, doubts = Counter[int](), Counter[int]()
        for row in rows:
            assert row.subscriber_id is not None
            took[row.subscriber_id] += self.relay_took[row.id]
            doubts[row.subscriber_id] += row.doubts
        assert all(took[reader] <= 1 + doubts[reader] for reader in took)
        assert self.resend or all(count <= 1 for count in took.values())
        arriving = Counter(r.subscriber_id for r in rows if r.state not in NEVER or r.doubts)
        assert all(count == 1 for count in arriving.values())

    @invariant()
    def what_was_accepted_stays_accepted(self) -> None:
        accepted = {r.id for r in self._deliveries() if r.state is DeliveryState.ACCEPTED}
        assert self.accepted <= accepted
        self.accepted = accepted

    @invariant()
    def every_recipient_is_counted(self) -> None:
        with transaction() as session:
            found = select(Batch.announcement_id).where(Batch.closed_at.is_(None))
            open_ = set(session.scalars(found))
        for each in self._announcements():
            report = progress(each.id)
            assert report.recipients == sum(report.counts.values())
            assert report.closes or each.state not in OVER or each.id in open_
            assert report.closes or each.state is not AnnouncementState.FINISHED

    # -- the means -----------------------------------------------------------------------------------

    def _ends_well(self) -> None:
        """End all that is under way, then send to the rest: everybody who may be mailed is."""
        for who in list(self.workers):
            self._dies(who)
        self._drain()
        self.announce_again(Audience.PUBLIC)
        self._drain()
        assert {row.state for row in self._deliveries()} <= FINAL
        with transaction() as session:
            rule_ = audience.rule(releases.named(session, self.slug))
            assert audience.counted(session, rule_).reached == 0
        self.nobody_gets_one_release_twice()
        self.every_recipient_is_counted()

    def _drain(self) -> None:
        for _ in range(3 * READERS_MAX):
            for each in self._announcements():
                self._say(go_on, each.id)
            self.freeze()
            self.recover()
            self.leases_run_out()
            self.time_passes()
            self.looked.clear()
            self.go_through(0, ["yes"])
            self.sweep()
            if all(each.state in OVER for each in self._announcements()):
                return
        pytest.fail("an announcement never ended")

    def _offered(self, who: int) -> Due | None:
        """Offer the next one, unless the worker looked and was told to stop; it looks once a second."""
        worker = self.workers.get(who)
        if worker is None or not worker.waiting:
            return None
        if worker.held.holder not in self.looked and not self._goes_on(who):
            worker.answers += [
                Outcome(due.id, DeliveryState.QUEUED, offered=False) for due in worker.waiting
            ]
            worker.waiting = []
            return None
        return super()._offered(who)

    def _goes_on(self, who: int) -> bool:
        """Look as an errand does; who lost the lease is gone, who may not go on gives its batch back."""
        worker = self.workers[who]
        errand = Errand(_means(resend=self.resend), worker.held, worker.notes, stop_at=float("inf"))
        try:
            going = errand._look()  # noqa: SLF001 - the very look that a sender takes
        except LeaseLost:
            self._dies(who)
            return False
        with transaction() as session:
            state = session.get_one(Announcement, worker.held.announcement_id).state
        assert going == (state is AnnouncementState.SENDING)
        (self.looked if going else self.stopped).add(worker.held.holder)
        return going

    def _say(self, act: Act, announcement_id: int | None) -> None:
        with suppress(NotLawful), transaction() as session:
            announcement = session.get_one(Announcement, announcement_id)
            act(session, announcement, staff_id=None, note="", now=now())

    def _chosen(self, which: int) -> int:
        found = self._announcements()
        return found[which % len(found)].id

    def _announcements(self) -> list[Announcement]:
        with transaction() as session:
            return list(session.scalars(select(Announcement).order_by(Announcement.id)))

    def _deliveries(self) -> list[Delivery]:
        with transaction() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def _means(*, resend: bool) -> Means:
    core = current_app.extensions[CORE]
    packer = Packer(
        current_app.extensions[KEYRING], Composer(core.sender, core.links, core.organisation)
    )
    wire = Wire(Relay.parse("smtp://127.0.0.1:9"), hello="mail.example.org")
    watch = Watch.set(now())
    return Means(transaction, packer, wire, {}, Tempo(), watch, resend)


class CautiousLife(Life):
    """The same with RESEND_UNCERTAIN=false: then nobody is ever mailed twice."""

    resend = False


@pytest.mark.parametrize("machine", [Life, CautiousLife])
def test_no_life_of_announcements_loses_anybody_or_mails_them_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch, machine: type[Life]
) -> None:
    run(machine, monkeypatch)
