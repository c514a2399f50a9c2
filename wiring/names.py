"""The names of queues and tasks, which the web rings and the worker answers to."""

from typing import Final

TX: Final = "tx"
BULK: Final = "bulk"
HOOKS: Final = "hooks"
MAINT: Final = "maint"

SEND_TX: Final = "deliveries.send-tx"
ANSWER: Final = "requests.answer"
SEND_BULK: Final = "deliveries.send-bulk"
SWEEP: Final = "deliveries.sweep"
FREEZE: Final = "announcements.freeze"
RETENTION: Final = "retention.run"

QUEUE_OF: Final = {
    ANSWER: TX,
    SEND_TX: TX,
    SEND_BULK: BULK,
    SWEEP: MAINT,
    FREEZE: MAINT,
    RETENTION: MAINT,
}
"""Which queue each task waits in."""
