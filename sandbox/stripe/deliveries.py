"""Webhooks: every event goes to every endpoint, again and again until it is taken or three days old.

Nothing is sent from within the world's lock: who is called here may call the API before answering.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from sandbox.stripe import signatures
from sandbox.stripe.faults import Faults
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

WAITS: Final = (5, 30, 300, 1800, 7200, 18_000, 36_000, 36_000, 43_200, 86_400)
"""Seconds after each failed try until the next; with the last of them three days are nearly over."""
PATIENCE_SECONDS: Final = 10
"""How long an endpoint may take to answer."""
TAKEN: Final = range(200, 300)
KEPT: Final = 5_000
"""Deliveries that are remembered once they are over."""

Post = Callable[[str, bytes, Mapping[str, str]], int]
"""Sends a body to a URL and gives the status; raises OSError where nobody answered."""


def over_http(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a body over a new connection, and give the status of the answer."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(
        target.hostname or "", target.port or 80, timeout=PATIENCE_SECONDS
    )
    try:
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()


class Courier:
    """Carries a world's events to its endpoints; `faults` and `post` may be changed while it runs."""

    def __init__(self, world: World, post: Post = over_http) -> None:
        self.post = post
        self._world = world
        self._closed = threading.Event()

    @property
    def faults(self) -> Faults:
        """The fault plan in force, for events that are yet to be made ready."""
        kept = self._world.shelf.find("faults", "faults")
        return Faults(**kept["plan"]) if kept else Faults()

    @faults.setter
    def faults(self, plan: Faults) -> None:
        with self._world.turn() as world:
            world.shelf.put({"object": "faults", "id": "faults", "plan": plan.told()})

    def deliver(self) -> list[Thing]:
        """Send what is due now, one after the other; gives the tries that were made.

        A try that fails is due again later, by the sandbox's clock.
        """
        tried = []
        self.ready()
        while (due := self._take()) is not None:
            status = self._send(due)
            tried.append(self._note(due, status))
        return tried

    def recover(self) -> None:
        """Take up what was under way when the sandbox died: it is sent again, as Stripe would."""
        with self._world.turn() as world:
            for each in world.shelf.all("delivery"):
                if each["state"] == "underway":
                    world.change(each, state="waiting")

    def close(self) -> None:
        """Send nothing more; what is under way is noted yet."""
        self._closed.set()

    def ready(self) -> None:
        """Make a delivery of each event for each endpoint, as the fault plan decides."""
        with self._world.turn() as world:
            endpoints = list(world.shelf.all("webhook_endpoint"))
            fresh = [event for event in world.shelf.all("event") if not event["_posted"]]
            for event in fresh:
                for endpoint in endpoints:
                    self._address(event, endpoint)
                world.change(event, _posted=True)

    def resend(self, event_id: str) -> None:
        """Send an event once more to every endpoint, whatever became of it before."""
        with self._world.turn() as world:
            event = world.get("event", event_id)
            for endpoint in world.shelf.all("webhook_endpoint"):
                self._make(event, endpoint, due=world.now(), rank=0.0)
            _count(world, event)

    def body(self, event_id: str) -> bytes:
        """Write an event as it is sent: compact, and with its letters as they are."""
        with self._world.lock:
            shown = self._world.show(self._world.get("event", event_id))
        return json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode()

    def _address(self, event: Thing, endpoint: Thing) -> None:
        world = self._world
        wanted = endpoint["enabled_events"]
        if wanted != ["*"] and event["type"] not in wanted:
            return
        place = world.number()
        fate = self.faults.fate(event["id"], place)
        due = event["created"] + fate.delay
        made = self._make(event, endpoint, due=due, rank=fate.rank, deaf=fate.deaf)
        if fate.dropped:
            world.change(made, state="dropped")
        elif fate.doubled:
            self._make(event, endpoint, due=due, rank=fate.rank + 0.5)
        _count(world, event)

    def _make(
        self, event: Thing, endpoint: Thing, *, due: int, rank: float, deaf: bool = False
    ) -> Thing:
        return self._world.shelf.put(
            {
                "object": "delivery",
                "id": f"del_{self._world.number():012d}",
                "event": event["id"],
                "type": event["type"],
                "endpoint": endpoint["id"],
                "due": due,
                "rank": rank,
                "deaf": deaf,
                "tries": 0,
                "status": None,
                "state": "waiting",
            }
        )

    def _take(self) -> Thing | None:
        """Find what is to be sent next, and mark it so that nobody else sends it too."""
        if self._closed.is_set():
            return None
        with self._world.turn() as world:
            waiting = [
                each
                for each in world.shelf.all("delivery")
                if each["state"] == "waiting" and each["due"] <= world.now()
            ]
            found = min(waiting, key=lambda each: (each["due"], each["rank"]), default=None)
            if found is not None:
                world.change(found, state="underway")
            return found

    def _send(self, delivery: Thing) -> int | None:
        """Send one; gives the status, or None where nobody answered."""
        endpoint = self._world.get("webhook_endpoint", delivery["endpoint"])
        body = self.body(delivery["event"])
        # The machine's time, not the sandbox's: who receives it compares it with a real clock.
        signature = signatures.sign(body, self.secrets(endpoint), int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            status = self.post(endpoint["url"], body, headers)
        except OSError:
            return None
        return None if delivery["deaf"] and not delivery["tries"] else status

    def secrets(self, endpoint: Thing) -> list[str]:
        """Give the secrets in force: the newest, and an older one that is not over yet."""
        now = self._world.now()
        return [
            each["secret"]
            for each in endpoint["_secrets"]
            if each["until"] is None or each["until"] > now
        ]

    def _note(self, delivery: Thing, status: int | None) -> Thing:
        with self._world.turn() as world:
            tries = delivery["tries"] + 1
            fields: Thing = {"tries": tries, "status": status, "state": "waiting"}
            if status in TAKEN:
                fields["state"] = "delivered"
            elif tries > len(WAITS):
                fields["state"] = "failed"
            else:
                fields["due"] = delivery["due"] + WAITS[tries - 1]
            world.change(delivery, **fields)
            event = world.shelf.find("event", delivery["event"])
            if event is not None:
                _count(world, event)
            _forget(world)
            return dict(delivery)


def _count(world: World, event: Thing) -> None:
    """Note on the event how many endpoints have not taken it yet."""
    found = [each for each in world.shelf.all("delivery") if each["event"] == event["id"]]
    taken = {each["endpoint"] for each in found if each["state"] == "delivered"}
    waits = {each["endpoint"] for each in found} - taken
    world.change(event, pending_webhooks=len(waits))


def _forget(world: World) -> None:
    over = [
        each for each in world.shelf.all("delivery") if each["state"] in {"delivered", "failed"}
    ]
    for old in over[:-KEPT]:
        world.shelf.drop(old)
