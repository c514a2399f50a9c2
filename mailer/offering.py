"""Offering: a window of messages goes to the relay, one behind the other; each comes back with an outcome.

For each message the journal notes the offer before the final dot and the answer after it. Between the two
at most this one message is in doubt.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from config import limits
from mailer import refusals
from mailer.deliveries import Due, Outcome
from mailer.gates import Gate
from mailer.journal import Journal
from mailer.leases import Lease
from mailer.models.deliveries import DeliveryState
from mailer.smtp.connection import Parcel
from mailer.smtp.failures import NotSent, Refusal, RelayAway, TemporaryFailure, Uncertain
from mailer.wire import Wire

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery with its message, and the time after which a refusal for now is one for good."""

    due: Due
    parcel: Parcel
    give_up_at: datetime
    provider: str | None = None
    #: What its recipient's domain is called in the table of paces.
    scope: str = ""


Judge = Callable[[Ready, Refusal], Outcome]
"""Says what a refusal makes of a delivery."""


class Offering:
    """Takes windows of messages through one relay, as long as it answers and the batch is ours."""

    def __init__(
        self, wire: Wire, notes: Journal, judge: Judge, lease: Lease, *, resend: bool
    ) -> None:
        self._wire, self._notes, self._judge, self._resend = wire, notes, judge, resend
        self._lease = lease
        self._silences = self._doubts = self._refusals = 0
        #: Whether the relay has said yes or no to any message.
        self.answered = False
        #: Why the relay is taken to be away; what follows is not tried.
        self.away: str | None = None

    def offer(self, ready: Sequence[Ready], gate: Gate) -> Iterator[Outcome]:
        """Offer each message whose turn comes; yield an outcome for every one, tried or not."""
        going = True
        for number, item in enumerate(ready, 1):
            going = going and self.away is None and gate.opens(len(ready) - number + 1)
            if not going:
                yield untried(item)
                continue
            behind = ready[number] if number < len(ready) and gate.is_open() else None
            yield self._offer(item, behind)
        if not going:
            # An envelope may have travelled for a message that now stays: the relay must not wait for it.
            self._wire.withdraw()

    def _offer(self, item: Ready, behind: Ready | None) -> Outcome:
        try:
            outcome = self._converse(item, behind)
        except Refusal as refusal:
            outcome = self._judge(item, refusal)
            if isinstance(refusal, TemporaryFailure) and refusal.of_sender:
                return self._turned_away(outcome, refusal)
        except Uncertain as silence:
            return self._in_doubt(item, silence)
        except NotSent as silence:
            return self._not_sent(item, behind, silence)
        except RelayAway as silence:
            return self._give_up(item, silence.reason)
        self._silences = self._doubts = self._refusals = 0
        self.answered = True
        self._notes.reply(outcome)
        return outcome

    def _converse(self, item: Ready, behind: Ready | None) -> Outcome:
        reply = self._wire.connection().send(
            item.parcel,
            before_dot=lambda: self._note(item.due.id),
            behind=behind.parcel if behind else None,
        )
        said = f"{reply.code} {reply.enhanced}"
        return Outcome(item.due.id, DeliveryState.ACCEPTED, reason=said, provider=item.provider)

    def _note(self, delivery_id: int) -> None:
        self._lease.hold()
        self._notes.offer(delivery_id)

    def _turned_away(self, outcome: Outcome, refusal: Refusal) -> Outcome:
        """Count a no for now that the relay said before it knew the reader: all others would hear it too."""
        self._notes.reply(outcome)
        self._refusals += 1
        if self._refusals > limits.SILENCES:
            self._set_aside(refusals.describe(refusal))
        return outcome

    def _in_doubt(self, item: Ready, silence: Uncertain) -> Outcome:
        """Count a doubt; a relay that leaves one after another is taken to be away, or all come twice."""
        again = self._resend and item.due.doubts == 0
        outcome = Outcome(
            item.due.id,
            DeliveryState.QUEUED if again else DeliveryState.UNCERTAIN,
            reason=silence.reason,
            doubt=True,
            provider=item.provider,
        )
        self._notes.reply(outcome)
        self._silences, self._doubts = 0, self._doubts + 1
        if self._doubts > limits.SILENCES:
            self._set_aside(silence.reason)
        return outcome

    def _not_sent(self, item: Ready, behind: Ready | None, silence: NotSent) -> Outcome:
        """Try a broken connection once more; a message that breaks it twice is set aside, alone."""
        self._silences += 1
        if self._silences == 1:
            return self._offer(item, behind)
        if self._silences > limits.SILENCES:
            return self._give_up(item, silence.reason)
        return self._judge(item, refusals.broken_off(silence.reason))

    def _give_up(self, item: Ready, reason: str) -> Outcome:
        self._set_aside(reason)
        return untried(item)

    def _set_aside(self, reason: str) -> None:
        self.away = reason
        log.warning("the relay is away: %s", reason)


def untried(item: Ready) -> Outcome:
    """Return the outcome of a message that nobody was asked about: it waits as before."""
    return Outcome(item.due.id, DeliveryState.QUEUED, offered=False)
