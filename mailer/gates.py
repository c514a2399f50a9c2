"""Gates: before each message, whether it may go now. What staff decide is felt within a second or two."""

from collections.abc import Callable
from time import monotonic, sleep

from config import limits
from mailer.paces import Grant


class Gate:
    """Says before each message whether it may go now; this one always does."""

    def opens(self, wanted: int) -> bool:  # noqa: ARG002 - whoever draws turns wants to know
        """Wait for the next message's turn; return False where it and the rest must stay.

        `wanted` is how many messages are at hand, this one included.
        """
        return True

    def is_open(self) -> bool:
        """Tell, without waiting, whether the message after the next may go as well."""
        return True


class WatchedGate(Gate):
    """Asks once a second whether to go on, and keeps to the turns it draws; both may raise LeaseLost.

    `stop_at` is a reading of the monotonic clock after which nothing more is begun.
    """

    def __init__(
        self, look: Callable[[], bool], draw: Callable[[int], Grant], *, stop_at: float
    ) -> None:
        self._look, self._draw, self._stop_at = look, draw, stop_at
        self._look_at = self._draw_at = self._next_at = self._gap = 0.0
        self._left: int | None = 0
        #: Nothing more goes through: staff said so, or time is up.
        self.stopped = False

    def opens(self, wanted: int) -> bool:
        """Wait for the next message's turn; return False where staff say stop, or time is up."""
        while self._goes_on():
            if self._takes_turn(wanted):
                return True
            until = min(self._next_at, self._draw_at, self._look_at, self._stop_at)
            sleep(max(0.0, until - monotonic()))
        return False

    def is_open(self) -> bool:
        """Tell, without waiting, whether one more may go: only where no turns need be kept."""
        now = monotonic()
        return self._left is None and now < min(self._look_at, self._draw_at, self._stop_at)

    def _goes_on(self) -> bool:
        now = monotonic()
        if now >= self._look_at:
            self.stopped = self.stopped or not self._look()
            self._look_at = monotonic() + limits.LOOK_SECONDS
        self.stopped = self.stopped or now >= self._stop_at
        return not self.stopped

    def _takes_turn(self, wanted: int) -> bool:
        """Take a turn whose time has come, after drawing anew where there is none left to wait for."""
        now = monotonic()
        too_late = now - self._next_at > limits.GRANT_SECONDS
        if now >= self._draw_at and (not self._left or too_late):
            self._keep(self._draw(wanted))
        if self._left is None:
            return True
        if not self._left or self._next_at > monotonic():
            return False
        self._left -= 1
        self._next_at += self._gap
        return True

    def _keep(self, grant: Grant) -> None:
        """Keep what was drawn; where nothing limits us, or there was no turn, draw again in a while."""
        now = monotonic()
        self._left = None if grant.unlimited else grant.count
        self._next_at, self._gap = now + grant.first_in, grant.gap
        if grant.count and not grant.unlimited:
            self._draw_at = now
        else:  # staff may set a limit, or lift it, at any moment
            wait = limits.LOOK_SECONDS if grant.unlimited else grant.first_in
            self._draw_at = now + min(wait, limits.LOOK_SECONDS)
