"""Sending: the proof that nobody is lost is in the order of these steps.

1. Journals of dead holders on this machine are judged (`mailer.recovery`).
2. A batch is claimed under a new holder id, whose journal is open and locked before the claim is.
3. For each window (`mailer.errands`): consent is read again, it is opened on the batch's row, committed.
4. For each of them (`mailer.offering`): the journal notes the offer before the final dot, then the answer.
5. The window is settled and closed in one transaction, then the journal is cleared.
6. The batch is given back; it is closed when every delivery in it is final.

Killed before 3 commits, nothing was offered, and no window is open. Killed in 4, at most one delivery has an
offer without an answer: that one is in doubt, the others are known. Killed before 5 commits, the journal has
it all; after it, the window is closed, and the journal says nothing new.
"""

import logging
import random
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from db.sealed import Keyring
from mailer import claims, epochs, journal, paces, recovery, relays, sending_limits
from mailer.claims import Claim, LeaseLost
from mailer.composing import Composer
from mailer.errands import Errand, Means, Tempo, Transaction
from mailer.journal import Journal, Orphan
from mailer.models.deliveries import Queue
from mailer.packing import Packer
from mailer.relays import Choice
from mailer.watches import Watch
from mailer.wire import Wires

log = logging.getLogger(__name__)


@dataclass
class Office:
    """What a sending process works with; one of it lives in each process and keeps its connection."""

    begin: Transaction
    keys: Keyring
    composer: Composer
    wires: Wires
    #: Where this host keeps its journals and what it has seen of the database's epochs.
    folder: Path
    resend: bool
    tempo: Tempo = field(default_factory=Tempo)

    @cached_property
    def _packer(self) -> Packer:
        return Packer(self.keys, self.composer)

    @property
    def _journals(self) -> Path:
        return self.folder / "journal"

    def recover(self) -> bool:
        """Judge the journals of dead holders on this machine; return whether mail may leave.

        From a restored copy of the database none may, and journals are left: they may speak of the original.
        """
        with self.begin() as session:
            if not epochs.check(session, folder=self.folder, now=paces.clock(session)):
                return False
            since = epochs.since(session)
        with journal.orphans(self._journals) as found:
            for orphan in found:
                self._recover(orphan, since)
        return True

    def _recover(self, orphan: Orphan, since: int) -> None:
        extra = {"answered": len(orphan.outcomes), "in_doubt": len(orphan.unanswered)}
        if orphan.epoch < since:
            log.warning("dropped a journal from before the database was restored", extra=extra)
            return
        with self.begin() as session:
            now = paces.clock(session)
            recovery.recover(session, orphan, resend=self.resend, now=now)
        log.warning("recovered the journal of a lost worker", extra=extra)

    def send_batch(self, queue: Queue, *, stop_at: float) -> bool:
        """Claim the next batch and take it as far as time goes; return whether there was one.

        `stop_at` is a reading of the monotonic clock.
        """
        try:
            return self.recover() and self._send_next(queue, stop_at=stop_at)
        except LeaseLost:
            # The journal is left behind on purpose: what the relay accepted is in it.
            log.warning("another worker has taken this batch over")
            return True

    def _send_next(self, queue: Queue, *, stop_at: float) -> bool:
        holder = uuid4()
        epoch = epochs.highest(self.folder)
        with Journal(self._journals, holder, epoch=epoch) as notes:
            with self.begin() as session:
                found = self._claim(session, queue, holder)
            if found is None:
                return False
            claim, means = found
            Errand(means, claim, notes, stop_at=stop_at).run()
        return True

    def _claim(self, session: Session, queue: Queue, holder: UUID) -> tuple[Claim, Means] | None:
        """Claim a batch for a relay that answers."""
        now = paces.clock(session)
        choice = relays.choose(session, self.wires.weights, luck=_luck(), now=now)
        if choice.relay is None:
            return None
        connections = sending_limits.read(session).connections if queue is Queue.BULK else None
        claim = claims.claim(session, queue, holder=holder, connections=connections)
        if claim is None:
            if choice.probe:
                relays.give_back(session, choice.relay, now=now)
            return None
        left = journal.left_by(self._journals, claim.lost) if claim.lost else None
        recovery.take_over(session, claim, left, resend=self.resend, now=now)
        return claim, self._means(choice, Watch.set(now))

    def _means(self, choice: Choice, watch: Watch) -> Means:
        wire = self.wires.to(choice.relay or "")
        return Means(
            self.begin,
            self._packer,
            wire,
            self.wires.weights,
            self.tempo,
            watch,
            self.resend,
            choice.probe,
        )


def _luck() -> float:
    return random.random()  # noqa: S311 - spreads batches over relays; nothing secret
