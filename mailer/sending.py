"""Sending: one worker takes one batch through the relay. The proof that nobody is lost is in this order.

1. Journals of dead holders on this machine are judged (`mailer.recovery`).
2. A batch is claimed under a new holder id, whose journal is open and locked before the claim is.
3. For each window: consent is read again, its deliveries are marked 'sending' and committed.
4. For each of them: the journal notes the offer before the final dot, and the answer after it.
5. The window is settled in one transaction, then the journal is cleared.
6. The batch is given back; it is closed when every delivery in it is final.

Killed before 3 commits, nothing was offered. Killed in 4, at most one delivery has an offer without an
answer: that one is in doubt, the others are known. Killed before 5 commits, the journal has it all.
"""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

from sqlalchemy.orm import Session

from config import limits
from db.sealed import CannotOpen, Keyring, UnknownKey
from mailer import (
    addresses,
    certificates,
    deliveries,
    journal,
    outbox,
    recovery,
    refusals,
    relays,
    retries,
)
from mailer.composing import Composer, Copy, Edition
from mailer.deliveries import Claim, Due, LeaseLost, Outcome
from mailer.journal import Journal
from mailer.models.deliveries import DeliveryState, Queue
from mailer.smtp.failures import NotSent, Refusal, RelayAway, Uncertain
from mailer.wire import Wire

log = logging.getLogger(__name__)

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Ready:
    """A delivery with its message and the time after which a refusal for now is one for good."""

    due: Due
    copy: Copy
    give_up_at: datetime


@dataclass
class Office:
    """What a sending process works with; one of it lives in each process and keeps its connection."""

    begin: Transaction
    keys: Keyring
    composer: Composer
    wire: Wire
    journals: Path
    resend: bool

    def recover(self) -> int:
        """Judge the journals of dead holders on this machine; return how many there were."""
        with journal.orphans(self.journals) as found:
            for orphan in found:
                with self.begin() as session:
                    recovery.recover(session, orphan, resend=self.resend, now=_now())
                log.warning(
                    "recovered the journal of a lost worker",
                    extra={"answered": len(orphan.outcomes), "in_doubt": len(orphan.unanswered)},
                )
        return len(found)

    def send_batch(self, queue: Queue, *, stop_at: float) -> bool:
        """Claim the next batch and take it as far as time goes; return whether there was one.

        `stop_at` is a reading of the monotonic clock.
        """
        self.recover()
        try:
            return self._send_next(queue, stop_at=stop_at)
        except LeaseLost:
            # The journal is left behind on purpose: what the relay accepted is in it.
            log.warning("another worker has taken this batch over")
            return True

    def _send_next(self, queue: Queue, *, stop_at: float) -> bool:
        holder = uuid4()
        with Journal(self.journals, holder) as notes:
            with self.begin() as session:
                claim = deliveries.claim(session, queue, holder=holder, relay=self.wire.name)
                if claim is not None:
                    deliveries.take_over(session, claim, resend=self.resend)
            if claim is None:
                return False
            Errand(self, claim, notes).run(stop_at=stop_at)
        return True


class Errand:
    """One claimed batch on its way through the relay."""

    def __init__(self, office: Office, claim: Claim, notes: Journal) -> None:
        self._office, self._claim, self._notes = office, claim, notes
        self._edition: Edition | None = None
        #: Set once the relay fell silent: what is left of the batch waits until then.
        self._away_until: datetime | None = None
        self._silences = 0
        self._leased_at = monotonic()

    def run(self, *, stop_at: float) -> None:
        """Send window by window until the batch is through, time is up, or the relay is away."""
        after = self._claim.first_delivery_id - 1
        while monotonic() < stop_at and self._away_until is None:
            ready, unreadable = self._window(after)
            if not ready and not unreadable:
                break
            after = max(o.delivery_id for o in [*unreadable, *map(_untried, ready)])
            outcomes = [*unreadable, *self._offer_all(ready)]
            self._settle(outcomes)
        with self._office.begin() as session:
            self._release(session)

    def _release(self, session: Session) -> None:
        closed = deliveries.release(session, self._claim, due_at=self._away_until)
        if closed and self._claim.announcement_id is None:
            outbox.empty_sent(session, self._claim.first_delivery_id, self._claim.last_delivery_id)

    def _window(self, after: int) -> tuple[list[Ready], list[Outcome]]:
        """Read, mark and commit the next window; then compose its messages."""
        with self._office.begin() as session:
            due = deliveries.window(session, self._claim, after=after)
            self._leased_at = monotonic()
            if self._claim.announcement_id is None:
                made = [self._compose_letter(session, item) for item in due]
            else:
                self._edition = self._edition or self._office.composer.edition(
                    session, self._claim.announcement_id
                )
                made = [self._compose_copy(session, self._edition, item) for item in due]
        return (
            [item for item in made if isinstance(item, Ready)],
            [item for item in made if isinstance(item, Outcome)],
        )

    def _compose_copy(self, session: Session, edition: Edition, due: Due) -> Ready | Outcome:
        try:
            address = addresses.unseal(self._office.keys, due.address, due.address_index)
        except UnknownKey:
            raise  # nothing is wrong with the reader: the operator must give the key back
        except CannotOpen:
            return _unreadable(due)
        composer = self._office.composer
        copy = composer.copy(edition, due, address, now=_now())
        try:
            copy = certificates.protect(session, copy, due, links=composer.links, now=_now())
        except certificates.Withheld as withheld:
            return _withheld(due, withheld)
        return Ready(due, copy, edition.give_up_from + retries.GIVE_UP)

    def _compose_letter(self, session: Session, due: Due) -> Ready | Outcome:
        try:
            letter = outbox.letter(session, due.id)
        except outbox.Emptied:
            return Outcome(due.id, DeliveryState.SKIPPED, reason="emptied", offered=False)
        if letter.expires_at < _now():
            return Outcome(due.id, DeliveryState.SKIPPED, reason="expired", offered=False)
        copy = self._office.composer.letter_copy(letter, now=_now())
        try:
            copy = certificates.protect_letter(session, copy, letter, now=_now())
        except certificates.Withheld as withheld:
            return _withheld(due, withheld)
        return Ready(due, copy, letter.expires_at)

    def _offer_all(self, ready: list[Ready]) -> Iterator[Outcome]:
        """Offer each message; once the relay is away, the rest was not tried and waits."""
        for item in ready:
            self._keep_lease()
            yield _untried(item) if self._away_until else self._offer(item)

    def _keep_lease(self) -> None:
        """Renew the lease in a long window, so that no second worker starts on what this one holds."""
        if monotonic() - self._leased_at > limits.RENEW_SECONDS:
            with self._office.begin() as session:
                deliveries.renew(session, self._claim)
            self._leased_at = monotonic()

    def _offer(self, item: Ready) -> Outcome:
        try:
            outcome = self._converse(item)
        except Refusal as refusal:
            outcome = self._refused(item, refusal)
        except Uncertain as silence:
            outcome = self._in_doubt(item.due, silence)
        except NotSent as silence:
            return self._not_sent(item, silence)
        except RelayAway as silence:
            self._wait_for_relay(silence.reason)
            return _untried(item)
        self._silences = 0
        self._notes.reply(outcome)
        return outcome

    def _converse(self, item: Ready) -> Outcome:
        reply = self._office.wire.connection().send(
            sender=self._office.composer.sender.envelope(item.due.id),
            recipient=item.copy.recipient,
            message=item.copy.message,
            before_dot=lambda: self._notes.offer(item.due.id),
        )
        return Outcome(item.due.id, DeliveryState.ACCEPTED, reason=f"{reply.code} {reply.enhanced}")

    def _refused(self, item: Ready, refusal: Refusal) -> Outcome:
        return refusals.outcome(
            item.due,
            refusal,
            queue=self._claim.queue,
            now=_now(),
            give_up_at=item.give_up_at,
            luck=random.random(),  # noqa: S311 - spreads retries; nothing secret
        )

    def _in_doubt(self, due: Due, silence: Uncertain) -> Outcome:
        again = self._office.resend and due.doubts == 0
        state = DeliveryState.QUEUED if again else DeliveryState.UNCERTAIN
        return Outcome(due.id, state, reason=silence.reason, doubt=True)

    def _not_sent(self, item: Ready, silence: NotSent) -> Outcome:
        """Try a broken connection once more; a message that breaks it twice is set aside, alone."""
        self._silences += 1
        if self._silences == 1:
            return self._offer(item)
        if self._silences > limits.SILENCES:
            self._wait_for_relay(silence.reason)
            return _untried(item)
        refusal = refusals.broken_off(silence.reason)
        return self._refused(item, refusal)

    def _wait_for_relay(self, reason: str) -> None:
        with self._office.begin() as session:
            self._away_until = relays.mark_away(
                session,
                self._office.wire.name,
                reason=reason,
                now=_now(),
                luck=random.random(),  # noqa: S311 - spreads retries; nothing secret
            )
        log.warning("the relay is away: %s", reason)

    def _settle(self, outcomes: list[Outcome]) -> None:
        with self._office.begin() as session:
            ours = deliveries.settle(session, self._claim, outcomes)
            refusals.suppress(session, outcomes, now=_now())
            if any(o.state is DeliveryState.ACCEPTED for o in outcomes):
                relays.mark_back(session, self._office.wire.name)
        self._notes.clear()
        if not ours:  # raised only now, so that the facts above are committed
            raise LeaseLost


def _untried(item: Ready) -> Outcome:
    return Outcome(item.due.id, DeliveryState.QUEUED, offered=False)


def _unreadable(due: Due) -> Outcome:
    reason = "the stored address was moved or changed and cannot be read"
    return Outcome(due.id, DeliveryState.REFUSED, reason=reason, offered=False)


def _withheld(due: Due, withheld: certificates.Withheld) -> Outcome:
    return Outcome(due.id, DeliveryState.REFUSED, reason=str(withheld), offered=False)


def _now() -> datetime:
    return datetime.now(UTC)
