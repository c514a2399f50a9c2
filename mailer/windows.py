"""The sliding window: never more than so many mails in any so many seconds, counted in slots of time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from config import limits

LATE: Final = timedelta(seconds=2 * limits.GRANT_SECONDS)
"""How long after it was drawn a turn is used at most: it is a grant ahead, and void a grant later."""

FULL: Final = "the sending window is full"
"""Why a single mail is deferred that nobody refused."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `mails` in any window of `seconds`.

    A draw is counted in the slot that it falls into, and a slot is named by its end. Take the mails of
    any window, and of them the one that was drawn last: each of the others was used at most `seconds`
    before it, thus drawn at most `seconds` and LATE before it, so that draw counted it. Hence the margin.
    """

    mails: int
    seconds: int

    def slot(self, now: datetime) -> datetime:
        """Return the name of the slot that a draw at this time is counted in."""
        length = max(1, math.ceil(self.seconds / limits.WINDOW_SLOTS))
        return datetime.fromtimestamp((int(now.timestamp()) // length + 1) * length, UTC)

    def since(self, now: datetime) -> datetime:
        """Return the time after which slots still count."""
        return now - timedelta(seconds=self.seconds) - LATE

    def capacity(self, *, reserve: bool) -> int:
        """Return how many mails may be in it; with `reserve`, without those kept for confirmations.

        One is kept at least, but in a window of a single mail.
        """
        kept = math.floor(self.mails * limits.WINDOW_RESERVE) or min(1, self.mails - 1)
        return self.mails - kept * reserve

    def room(
        self, slots: Sequence[tuple[datetime, int]], *, now: datetime, reserve: bool
    ) -> tuple[int, float]:
        """Return how many mails may be drawn now, or 0 and in how many seconds there is room again.

        `slots` are those that still count, the oldest first, each with its mails.
        """
        over = sum(mails for _, mails in slots) - self.capacity(reserve=reserve)
        if over < 0:
            return -over, 0.0
        for end, mails in slots:
            over -= mails
            if over < 0:
                return 0, (end - self.since(now)).total_seconds()
        raise AssertionError("a window that holds nothing has room")
