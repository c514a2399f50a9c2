"""How long Stripe waits for the answer to a webhook: at a steady rate, each verified, stored and committed.

Each is waited for from the moment it should have been sent, so that a slow answer hides no other.
"""

import hashlib
import hmac
import json
import queue
import secrets
import statistics
import sys
import threading
import time
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Final

from sqlalchemy import func, select

from bench import house, report
from bench.report import Goal
from db.session import transaction
from payments.models.events import StripeEvent

RATE, SECONDS, WARM_SECONDS = 100, 20, 3
SENDERS: Final = 8
"""Webhooks that are under way at once, at most: Stripe sends them as they happen."""
SECRET: Final = f"whsec_{secrets.token_hex(16)}"
FILLER: Final = "x" * 2_000
"""Stripe's events hold their object: some kilobytes that are hashed and read."""


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        ours.environ |= {"STRIPE_API_KEY": "sk_test_0123456789abcdef"}
        ours.environ |= {"STRIPE_WEBHOOK_SECRET": SECRET}
        port = ours.serve("wsgi:app")
        # Each process loads the vendor's library at its first: a third of a second, once.
        warm = len(steady(port, range(-RATE * WARM_SECONDS, 0)))
        taken = steady(port, range(RATE * SECONDS))
        with transaction() as session:
            stored = session.scalars(select(func.count()).select_from(StripeEvent)).one()
    if stored != warm + len(taken):
        sys.exit(f"{stored} of {warm + len(taken)} events were stored")
    centiles = statistics.quantiles(taken, n=100)
    report.say(
        "webhook-p99-at-100-a-second",
        centiles[98] * 1000,
        "ms",
        Goal(50, at_least=False),
        median=round(centiles[49] * 1000, 1),
        slowest=round(max(taken) * 1000, 1),
        webhooks=len(taken),
    )


def steady(port: int, numbers: range) -> list[float]:
    """Post events at a steady rate; return the seconds that each took from when it was due."""
    due: queue.SimpleQueue[tuple[int, float] | None] = queue.SimpleQueue()
    taken: list[float] = []
    senders = [threading.Thread(target=_send, args=(port, due, taken)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    began = time.monotonic()
    for place, number in enumerate(numbers):
        moment = began + place / RATE
        time.sleep(max(0, moment - time.monotonic()))
        due.put((number, moment))
    for _ in senders:
        due.put(None)
    for sender in senders:
        sender.join()
    return taken


def _send(
    port: int, due: "queue.SimpleQueue[tuple[int, float] | None]", taken: list[float]
) -> None:
    while (one := due.get()) is not None:
        number, moment = one
        post(port, number)
        taken.append(time.monotonic() - moment)


def post(port: int, number: int) -> None:
    """Post an event as Stripe does, over a connection of its own; exit where it is not taken."""
    body = _event(number)
    moment = int(time.time())
    code = hmac.new(SECRET.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={moment},v1={code}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/hooks/stripe", body, headers)
        status = connection.getresponse().status
    if status != HTTPStatus.OK:
        sys.exit(f"the webhook answered {status}")


def _event(number: int) -> bytes:
    about = {"id": f"ch_{number}", "object": "charge", "description": FILLER}
    event = {
        "id": f"evt_{number}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "type": "charge.updated",
        "data": {"object": about},
    }
    return json.dumps(event).encode()


if __name__ == "__main__":
    main()
