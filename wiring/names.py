"""The names of queues and tasks, which the web rings and the worker answers to."""

from typing import Final

from config import limits

TX: Final = "tx"
BULK: Final = "bulk"
HOOKS: Final = "hooks"
MAINT: Final = "maint"

SEND_TX: Final = "deliveries.send-tx"
ANSWER: Final = "requests.answer"
SEND_BULK: Final = "deliveries.send-bulk"
SWEEP: Final = "deliveries.sweep"
FREEZE: Final = "announcements.freeze"
CLOSE: Final = "announcements.close"
TELL: Final = "announcements.tell"
RETENTION: Final = "retention.run"

QUEUE_OF: Final = {
    ANSWER: TX,
    SEND_TX: TX,
    SEND_BULK: BULK,
    SWEEP: MAINT,
    FREEZE: MAINT,
    CLOSE: MAINT,
    TELL: MAINT,
    RETENTION: MAINT,
}
"""Which queue each task waits in."""

_WAITING: Final = {SEND_TX: limits.BELLS_TX, SEND_BULK: limits.BELLS}


def waiting(task: str) -> int:
    """Return how many bells of a task may wait: as many as processes that it is to wake, else one."""
    return _WAITING.get(task, 1)
