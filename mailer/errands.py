"""Errands: one worker takes one claimed batch through a relay, window by window.

1. Consent is read again for a window, the window is opened on the batch's row, and that is committed.
2. They are packed and offered one behind the other; the journal knows of each offer and each answer.
3. The window is settled and closed in one transaction, then the journal is cleared.

A window is what this process offers in about a second, so a host that never returns leaves no more than
that in doubt.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy.orm import Session

from config import limits
from mailer import claims, deliveries, leases, outbox, paces, refusals, relays, settling, windows
from mailer.claims import Claim, LeaseLost
from mailer.composing import Edition
from mailer.deliveries import Due, Outcome
from mailer.gates import Gate, WatchedGate
from mailer.journal import Journal
from mailer.leases import Lease
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import DeliveryState
from mailer.offering import Offering, Ready
from mailer.paces import Booking, Grant
from mailer.packing import Packer, Unpackable
from mailer.settling import Consequences
from mailer.smtp.failures import Refusal
from mailer.watches import Watch
from mailer.wire import Wire

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass
class Tempo:
    """How many messages this process offers in a second, and how large: as the last window showed."""

    a_second: float = limits.WINDOW_SIZE
    bytes: int = 0
    of: int | None = None

    @property
    def window(self) -> int:
        """How many deliveries to mark at a time: a second's worth, whose messages fit into memory."""
        room = limits.WINDOW_BYTES // max(self.bytes, 1)
        return max(1, min(limits.WINDOW_SIZE_MAX, room, int(self.a_second)))

    def begin(self, announcement_id: int | None) -> None:
        """Start small where other messages are to come: nobody knows yet how large they are."""
        if self.of != announcement_id:
            self.of, self.bytes = announcement_id, 0
            self.a_second = min(self.a_second, limits.WINDOW_SIZE)

    def learn(self, ready: Sequence[Ready], outcomes: Sequence[Outcome], seconds: float) -> None:
        """Take a window into account; one in which nothing was offered says nothing."""
        offered = sum(outcome.offered for outcome in outcomes)
        if offered:
            self.a_second = offered / max(seconds, 1e-3)
            self.bytes = max(len(item.parcel.content.octets) for item in ready)


@dataclass(frozen=True)
class Means:
    """What an errand is run with; `probe` where it alone tries a relay that was away."""

    begin: Transaction
    packer: Packer
    wire: Wire
    #: Every relay there is, by its weight.
    relays: Mapping[str, int]
    tempo: Tempo
    #: Every time that is written down is by it.
    watch: Watch
    resend: bool
    probe: bool = False


class Errand:
    """One claimed batch on its way through the relay."""

    def __init__(self, means: Means, claim: Claim, notes: Journal, *, stop_at: float) -> None:
        self._means, self._claim, self._notes, self._stop_at = means, claim, notes, stop_at
        self._lease, self._released = Lease(), False
        self._offering = Offering(means.wire, notes, self._judge, self._lease, resend=means.resend)
        bulk = claim.announcement_id is not None
        self._gate = WatchedGate(self._look, self._draw, stop_at=stop_at) if bulk else None
        self._consequences = Consequences()
        means.tempo.begin(claim.announcement_id)
        #: Whether staff said that a refusal by policy is final.
        self._goes_on = False

    def run(self) -> None:
        """Send window by window until the batch is through, time is up, or nothing may go."""
        after = self._claim.first_delivery_id - 1
        while self._may_go_on(after) and (packed := self._window(after)):
            after = max(_delivery_id(item) for item in packed)
            outcomes = self._outcomes(packed)
            # The last one is settled and given back at once: a commit less for each batch.
            self._settle(outcomes, last=not self._may_go_on(after))
        if not self._released:
            with self._means.begin() as session:
                self._release(session)

    def _may_go_on(self, after: int) -> bool:
        """Tell whether a window past this delivery may be read; a no is never taken back."""
        stopped = self._gate is not None and self._gate.stopped
        through = after >= self._claim.last_delivery_id
        ended = stopped or through or monotonic() >= self._stop_at
        return not ended and self._offering.away is None

    @contextmanager
    def _renewing(self) -> Iterator[Session]:
        """Begin a transaction that renews the lease; what it says counts once it is committed."""
        began = leases.clock()
        with self._means.begin() as session:
            yield session
        self._lease.renewed(began)

    # -- a window ----------------------------------------------------------------------------------

    def _window(self, after: int) -> list[Ready | Outcome]:
        """Read, mark and commit the next window; its messages come with it."""
        now = self._now()
        with self._renewing() as session:
            # Who tries a relay that was away settles its first mail at once: others wait for that.
            first = after < self._claim.first_delivery_id
            size = 1 if self._means.probe and first else self._means.tempo.window
            due = deliveries.window(session, self._claim, after=after, size=size)
            edition = self._edition(session) if due else None
            packed = [self._pack(session, item, edition, now=now) for item in due]
            return self._put_back(session, packed)

    def _edition(self, session: Session) -> Edition | None:
        id_ = self._claim.announcement_id
        return None if id_ is None else self._means.packer.edition(session, id_)

    def _pack(
        self, session: Session, due: Due, edition: Edition | None, *, now: datetime
    ) -> Ready | Outcome:
        packer = self._means.packer
        try:
            if edition is None:
                return packer.letter(session, due, now=now)
            return packer.copy(session, edition, due, now=now)
        except Unpackable as fault:
            return fault.outcome

    def _put_back(self, session: Session, packed: list[Ready | Outcome]) -> list[Ready | Outcome]:
        """Put back whose turn at their domain is far away, so that one slow provider holds up nobody."""
        wanted = Counter((r.scope, r.provider) for r in packed if isinstance(r, Ready) and r.scope)
        if not wanted:
            return packed
        now = paces.clock(session)
        booked = paces.book(
            session,
            {scope: Booking(provider, count) for (scope, provider), count in wanted.items()},
            now=now,
        )
        turns = {scope: list(seconds) for scope, seconds in booked.items() if seconds[-1]}
        if not turns:
            return packed
        return [_in_turn(item, turns, now=now) for item in packed]

    def _outcomes(self, packed: Sequence[Ready | Outcome]) -> list[Outcome]:
        settled = [item for item in packed if isinstance(item, Outcome)]
        ready = [item for item in packed if isinstance(item, Ready)]
        if self._gate is None and ready:
            ready, full = self._with_room(ready)
            settled += full
        begun_at = monotonic()
        offered = list(self._offering.offer(ready, self._gate or Gate()))
        self._means.tempo.learn(ready, offered, monotonic() - begun_at)
        return [*settled, *offered]

    def _with_room(self, ready: list[Ready]) -> tuple[list[Ready], list[Outcome]]:
        """Take room in the sliding window for single mails; put back until there is some who finds none.

        They are not waited for, as announcements are: this worker has other queues to serve.
        """
        grant = self._draw(len(ready))
        wait = min(grant.first_in, limits.WINDOW_ASK_SECONDS)
        until = self._now() + timedelta(seconds=wait)
        full = [_put_back(item, windows.FULL, until=until) for item in ready[grant.count :]]
        return ready[: grant.count], full

    # -- what is asked while it sends ------------------------------------------------------------------

    def _look(self) -> bool:
        """Renew the lease and tell whether the announcement still sends; raise LeaseLost."""
        with self._renewing() as session:
            claims.renew(session, self._claim)
            announcement = session.get_one(Announcement, self._claim.announcement_id)
            self._goes_on = announcement.goes_on
            return announcement.state is AnnouncementState.SENDING

    def _draw(self, wanted: int) -> Grant:
        with self._means.begin() as session:
            return paces.draw(
                session,
                announcement_id=self._claim.announcement_id,
                wanted=wanted,
                now=paces.clock(session),
            )

    def _judge(self, item: Ready, refusal: Refusal) -> Outcome:
        judged = refusals.judge(
            item.due,
            refusal,
            queue=self._claim.queue,
            now=self._now(),
            give_up_at=item.give_up_at,
            luck=_luck(),
            goes_on=self._goes_on,
        )
        self._consequences.pause = self._consequences.pause or judged.pauses
        if judged.pauses and self._gate is not None:
            self._gate.stopped = True  # the rest of the window is not refused as well
        if judged.slow_down and item.scope:
            self._consequences.slow[item.scope] = item.provider
        return judged.outcome

    # -- the end of a window, and of the batch ---------------------------------------------------------

    def _settle(self, outcomes: Sequence[Outcome], *, last: bool) -> None:
        with self._renewing() as session:
            ours = settling.settle(
                session, self._claim, outcomes, self._consequences, now=self._now()
            )
            if self._offering.answered:  # a no is an answer too
                relays.mark_back(session, self._means.wire.name)
            if ours and last:
                self._release(session)
        self._consequences = Consequences()
        self._notes.clear()
        if not ours:  # raised only now, so that the facts above are committed
            raise LeaseLost

    def _release(self, session: Session) -> None:
        until = self._when_relays_answer(session) if self._offering.away else None
        if self._means.probe and not (self._offering.away or self._offering.answered):
            relays.give_back(
                session, self._means.wire.name, now=self._now()
            )  # it was asked nothing
        closed = claims.release(session, self._claim, due_at=until)
        self._released = True
        if closed and self._claim.announcement_id is None:
            outbox.empty_sent(session, self._claim.first_delivery_id, self._claim.last_delivery_id)

    def _when_relays_answer(self, session: Session) -> datetime | None:
        """Set the silent relay aside; return until when there is none, None where another one answers."""
        until = relays.mark_away(
            session,
            self._means.wire.name,
            reason=self._offering.away or "",
            now=self._now(),
            luck=_luck(),
            probe=self._means.probe,
        )
        return None if relays.may_try(session, self._means.relays, now=self._now()) else until

    def _now(self) -> datetime:
        return self._means.watch.now()


def _in_turn(
    item: Ready | Outcome, turns: dict[str, list[float]], *, now: datetime
) -> Ready | Outcome:
    if isinstance(item, Outcome) or item.scope not in turns:
        return item
    seconds = turns[item.scope].pop(0)
    if seconds <= limits.GRANT_SECONDS:
        return item
    return _put_back(item, deliveries.WAITS_FOR_TURN, until=now + timedelta(seconds=seconds))


def _put_back(item: Ready, reason: str, *, until: datetime) -> Outcome:
    return Outcome(
        item.due.id,
        DeliveryState.DEFERRED,
        reason=reason,
        next_try_at=until,
        offered=False,
        provider=item.provider,
    )


def _delivery_id(item: Ready | Outcome) -> int:
    return item.delivery_id if isinstance(item, Outcome) else item.due.id


def _luck() -> float:
    return random.random()  # noqa: S311 - spreads retries; nothing secret
