"""A worker that kills itself with SIGKILL beside a step: `python -m … EVENT POINT NUMBER BASE`."""

import sys

from config import settings
from db.session import transaction
from mailer import outbox
from payments import events, ledger, numbering, receipts, tasks
from payments.applying import disputes, intents
from tests.mailer.dying import Points, arm
from tests.payments.applying.till import NOW, opened
from wiring.core import core_app

POINTS: Points = {
    "before it is fetched": (intents, "fetch", False),
    "after the ledger is written": (ledger, "write", True),
    "before the receipt": (receipts, "issue", False),
    "after a number is taken": (numbering, "take", True),
    "after a mail is queued": (outbox, "queue", True),
    "after a dispute is followed": (disputes, "follow", True),
    "after staff are asked": (tasks, "ask", True),
    "after a correction": (receipts, "correct", True),
    "before the event is done": (events, "_finish", False),
    "after the event is done": (events, "_finish", True),
    "after the commit": (events, "process", True),
}
"""Steps of a payment that is heard of after its refund and its lost dispute, and does all there is to do."""


def main() -> None:
    """Process one event, or die."""
    event_id, point, number, base = sys.argv[1:]
    app = core_app(settings.load())
    arm(POINTS, point, int(number))
    with app.app_context():
        events.process(transaction, opened(base), event_id, now=NOW)


if __name__ == "__main__":
    main()
