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
APPLY_EVENTS: Final = "stripe-events.apply"
LIST_EVENTS: Final = "stripe-events.list"
RENEWALS: Final = "plans.look-ahead"
BOOKS: Final = "books.night"
SWEEP_CHECKOUTS: Final = "checkouts.sweep"
SWEEP_REFUNDS: Final = "refunds.sweep"
JOIN: Final = "donors.join"
GIVING_LINKS: Final = "donor-links.answer"
MONEY_TASKS: Final = "money-tasks.tell"

QUEUE_OF: Final = {
    ANSWER: TX,
    SEND_TX: TX,
    SEND_BULK: BULK,
    SWEEP: MAINT,
    FREEZE: MAINT,
    CLOSE: MAINT,
    TELL: MAINT,
    RETENTION: MAINT,
    APPLY_EVENTS: HOOKS,
    LIST_EVENTS: HOOKS,
    RENEWALS: MAINT,
    BOOKS: HOOKS,
    SWEEP_CHECKOUTS: HOOKS,
    SWEEP_REFUNDS: HOOKS,
    JOIN: MAINT,
    GIVING_LINKS: TX,
    MONEY_TASKS: MAINT,
}
"""Which queue each task waits in."""

_WAITING: Final = {SEND_TX: limits.BELLS_TX, SEND_BULK: limits.BELLS}


def waiting(task: str) -> int:
    """Return how many bells of a task may wait: as many as processes that it is to wake, else one."""
    return _WAITING.get(task, 1)
