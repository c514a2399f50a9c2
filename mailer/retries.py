"""When a deferred mail is tried again, and when we give up: data, and the one rule over it."""

from datetime import datetime, timedelta
from typing import Final

from mailer.models.deliveries import Queue

WAITS: Final = {
    Queue.TX: (15, 60, 180, 600, 1800, 3600, 7200),
    Queue.BULK: (60, 300, 900, 1800, 3600, 7200, 14400),
}
"""Seconds before the second, third, … try; the last one repeats. Greylisting passes at the first two."""

RELAY_WAITS: Final = (2, 5, 10, 20, 30, 60)
"""Seconds before a relay that is away is asked again; the last one repeats."""

GIVE_UP: Final = timedelta(hours=48)
"""How long after its start an announcement's deferred mails are tried (Postfix's own default is 5 days)."""

SPREAD: Final = 0.2
"""By which share a wait is shortened or lengthened, so that a refused crowd does not come back as one."""


def next_try(attempts: int, queue: Queue, *, now: datetime, luck: float) -> datetime:
    """Return when to try again after `attempts` tries (1 or more); `luck` is in [0, 1)."""
    return now + _wait(WAITS[queue], attempts, luck)


def relay_next_try(failures: int, *, now: datetime, luck: float) -> datetime:
    """Return when to ask a relay again after `failures` failures in a row (1 or more)."""
    return now + _wait(RELAY_WAITS, failures, luck)


def _wait(waits: tuple[int, ...], count: int, luck: float) -> timedelta:
    seconds = waits[min(count, len(waits)) - 1]
    return timedelta(seconds=seconds * (1 - SPREAD + 2 * SPREAD * luck))
