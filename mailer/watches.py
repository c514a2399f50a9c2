"""Watches: the database's time, kept by a process between its looks at the database.

The ledger is read by the database's clock, and that of a host may be a minute or a day off.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Self


@dataclass(frozen=True, slots=True)
class Watch:
    """A time that was right when it was set, carried on by the monotonic clock: for a batch, not for days."""

    set_at: datetime
    #: What the monotonic clock said then.
    counted_from: float

    @classmethod
    def set(cls, at: datetime) -> Self:
        """Return a watch that shows `at` now."""
        return cls(at, monotonic())

    def now(self) -> datetime:
        """Return the time, without asking the database."""
        return self.set_at + timedelta(seconds=monotonic() - self.counted_from)
