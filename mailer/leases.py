"""Leases, as their holder sees them: how long it may be sure that nobody has taken its batch over.

A process may be stopped for minutes (SIGSTOP, a debugger, a laptop that sleeps) and wake in the middle of a
window that another one has sent meanwhile. So it looks at its own clock before each final dot.
"""

import time
from dataclasses import dataclass
from typing import Final

from config import limits
from mailer.claims import LeaseLost

_CLOCK: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux's clock that goes on while the machine sleeps; elsewhere the one that there is."""


def clock() -> float:
    """Return a reading in seconds of the clock that leases are held by."""
    return time.clock_gettime(_CLOCK)


@dataclass
class Lease:
    """A batch is ours until then, by our own clock."""

    until: float = 0.0

    def renewed(self, began: float) -> None:
        """Take a committed renewal into account; `began` is when its transaction was begun, or before."""
        self.until = began + limits.LEASE_SECONDS

    def hold(self) -> None:
        """Return while it lives; raise LeaseLost."""
        if clock() >= self.until:
            raise LeaseLost
