"""A sending process that kills itself with SIGKILL at a named point: `python -m … POINT NUMBER PORT`.

The product has no such points: this wraps the functions on either side of them.
"""

import sys
from pathlib import Path
from time import monotonic

from config import settings
from db.session import KEYRING, transaction
from mailer import claims, deliveries
from mailer.composing import Composer
from mailer.journal import Journal
from mailer.models.deliveries import Queue
from mailer.sending import Office
from mailer.smtp.connection import Connection
from mailer.smtp.relay import Relay
from mailer.wire import Wires
from tests.mailer.dying import Points, arm
from wiring.core import CORE, core_app

POINTS: Points = {
    "after the claim": (claims, "claim", True),
    "before the window is read": (deliveries, "window", False),
    "before a mail is begun": (Connection, "send", False),
    "before the offer is noted": (Journal, "offer", False),
    "after the offer is noted": (Journal, "offer", True),
    "after the relay answered": (Connection, "send", True),
    "after the answer is noted": (Journal, "reply", True),
    "before the window is settled": (deliveries, "settle", False),
    "before the journal is cleared": (Journal, "clear", False),
    "after the journal is cleared": (Journal, "clear", True),
    "before the batch is given back": (claims, "release", False),
    "after the batch is given back": (Journal, "close", False),
}


def main() -> None:
    """Send until there is nothing to send, or until death."""
    point, number, port, folder = sys.argv[1:]
    app = core_app(settings.load())
    core = app.extensions[CORE]
    arm(POINTS, point, int(number))
    office = Office(
        begin=transaction,
        keys=app.extensions[KEYRING],
        composer=Composer(core.sender, core.links, core.organisation),
        wires=Wires([Relay.parse(f"smtp://127.0.0.1:{port}")], hello="mail.example.org"),
        folder=Path(folder),
        resend=True,
    )
    with app.app_context():
        while office.send_batch(Queue.BULK, stop_at=monotonic() + 30):
            pass


if __name__ == "__main__":
    main()
