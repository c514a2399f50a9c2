"""All that the sandbox knows, and the moment it stands at: objects, events, and what is due later."""

import copy
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sandbox.stripe.clock import Clock
from sandbox.stripe.refusals import no_such
from sandbox.stripe.shelf import Shelf
from sandbox.stripe.things import KINDS, Thing
from sandbox.stripe.views import Viewer

API_VERSION: Final = "2026-10-28.endive"
EVENT_SECONDS: Final = 30 * 24 * 3600
"""How long Stripe's API remembers an event."""
LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHAPES: Final = {
    "cs": ("cs_test_a1", 58),
    "pi": ("pi_3", 23),
    "ch": ("ch_3", 23),
    "py": ("py_3", 23),
}
"""How the ids of some kinds begin, and how many letters follow; the others have 24."""
NOBODY: Final[Thing] = {"id": None, "idempotency_key": None}
"""The request that an event comes from, where it comes from none."""
FIRST_SECOND: Final = 1_790_000_000
"""When the clock of a test begins, unless it says otherwise: in September 2026."""


class World:
    """One Stripe account in test mode, under one lock.

    `deeds` are what the agenda may name: functions of the world and of the id they are about.
    """

    def __init__(
        self,
        shelf: Shelf,
        clock: Clock,
        *,
        seed: int = 0,
        deeds: Mapping[str, Callable[["World", str], None]],
    ) -> None:
        self.shelf, self.clock = shelf, clock
        self.base = "http://127.0.0.1"
        self.lock = threading.RLock()
        self.cause: Thing = dict(NOBODY)
        self._deeds = deeds
        self._self = shelf.find("world", "world") or shelf.put(
            {"object": "world", "id": "world", "seed": seed, "counter": 0}
        )

    @property
    def seed(self) -> int:
        """The number that all ids come from."""
        return int(self._self["seed"])

    def now(self) -> int:
        """Say what time it is here."""
        return self.clock.now()

    @contextmanager
    def turn(self) -> Iterator["World"]:
        """Hold the world for one act, and save what it did; one that raises has done nothing.

        What is due by now is done before the act and after it.
        """
        with self.lock:
            self.advance_to(self.now())
            self.save()
            try:
                yield self
            except BaseException:
                self.shelf.undo()
                raise
            finally:
                self.cause = dict(NOBODY)
            self.advance_to(self.now())
            self.save()

    def save(self) -> None:
        """Write down what has been done so far: it is not taken back any more."""
        self._self |= {"now": self.now(), "ahead": self.clock.ahead}
        self.shelf.put(self._self)
        self.shelf.save()

    def number(self) -> int:
        """Give the next number; none is given twice."""
        self._self["counter"] += 1
        return int(self._self["counter"])

    def opaque(self, purpose: str, length: int = 24) -> str:
        """Give letters and digits that say nothing, and are the same for the same seed."""
        text = f"{self.seed}/{self.number()}/{purpose}"
        digest = hashlib.sha512(text.encode()).digest()
        return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:length])

    def make(self, prefix: str, **fields: object) -> Thing:
        """Make an object with a new id, now, and keep it; what it is made of is copied."""
        begins, length = SHAPES.get(prefix, (f"{prefix}_", 24))
        made: Thing = {"id": begins + self.opaque(prefix, length), "object": KINDS[prefix]}
        made |= {"created": self.now(), "livemode": False}
        return self.shelf.put(made | copy.deepcopy(fields))

    def get(self, kind: str, thing_id: str, *, param: str | None = None) -> Thing:
        """Give an object; raises Refused, 400 where a parameter named it, 404 otherwise."""
        thing = self.shelf.find(kind, thing_id)
        if thing is not None:
            return thing
        if param is None:
            raise no_such(kind, thing_id)
        raise no_such(kind, thing_id, param=param, status=400)

    def change(self, thing: Thing, **fields: object) -> Thing:
        """Change an object; gives what the changed fields were before, as events tell it."""
        self.shelf.remember(thing)
        before = {k: copy.deepcopy(thing.get(k)) for k, v in fields.items() if thing.get(k) != v}
        thing |= fields
        self.shelf.put(thing)
        return {name: value for name, value in before.items() if not name.startswith("_")}

    def show(self, thing: Thing, expand: list[str] | None = None) -> Thing:
        """Show an object as the API does."""
        return Viewer(self.shelf, self.now()).show(thing, expand)

    def emit(self, name: str, thing: Thing, before: Thing | None = None) -> Thing:
        """Make an event of what has just happened to an object, as it looks now."""
        data: Thing = {"object": self.show(thing)}
        if before is not None:
            data["previous_attributes"] = before
        return self.make(
            "evt",
            api_version=API_VERSION,
            data=data,
            pending_webhooks=0,
            request=dict(self.cause),
            type=name,
            _posted=False,
        )

    def later(self, seconds: int, deed: str, about: str) -> None:
        """Put a deed on the agenda."""
        self.at(self.now() + seconds, deed, about)

    def at(self, moment: int, deed: str, about: str) -> None:
        """Put a deed on the agenda for a moment."""
        place = f"{self.number():012d}"
        self.shelf.put({"object": "deed", "id": place, "due": moment, "deed": deed, "about": about})

    def advance_to(self, moment: int) -> None:
        """Set the clock forward, and do on the way what is due, each at its moment.

        Raises ValueError where that would be backward.
        """
        if moment < self.now():
            self.clock.move_to(moment)
        while (due := self._first_due(moment)) is not None:
            self.clock.move_to(max(self.now(), due["due"]))
            self.shelf.drop(due)
            self._deeds[due["deed"]](self, due["about"])
        self.clock.move_to(max(moment, self.now()))
        self._forget()

    def _first_due(self, moment: int) -> Thing | None:
        due = (each for each in self.shelf.all("deed") if each["due"] <= moment)
        return min(due, key=lambda each: (each["due"], each["id"]), default=None)

    def _forget(self) -> None:
        """Drop the events that Stripe's API would no longer give and that nobody waits for."""
        open_ = {"waiting", "underway"}
        waits = {each["event"] for each in self.shelf.all("delivery") if each["state"] in open_}
        somebody_listens = any(self.shelf.all("webhook_endpoint"))
        for event in self.shelf.all("event"):
            if event["created"] > self.now() - EVENT_SECONDS:
                return
            if event["id"] not in waits and (event["_posted"] or not somebody_listens):
                self.shelf.drop(event)
