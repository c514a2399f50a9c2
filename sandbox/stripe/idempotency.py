"""Idempotency keys as Stripe's API v1 treats them.

The answer to the first request with a key is kept, an error of the server included, and repeated to
each later one with the same parameters. Not kept is the answer to a request that was never begun:
its parameters were invalid, or another with its key was under way.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sandbox.stripe import forms
from sandbox.stripe.refusals import Invalid
from sandbox.stripe.things import Thing
from sandbox.stripe.world import World

KEPT_SECONDS: Final = 24 * 3600
LONGEST: Final = 255
UNDERWAY: Final = "idempotency_key_in_use"


class Keys:
    """The keys that are under way, and the answers that are kept."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._underway: set[str] = set()

    @contextmanager
    def hold(self, key: str | None) -> Iterator[None]:
        """Hold a key while its request is under way; raises Invalid, 409, where another holds it."""
        if key is None:
            yield
            return
        if len(key) > LONGEST:
            raise Invalid(
                f"Idempotency keys have up to {LONGEST} characters.", kind="idempotency_error"
            )
        with self._lock:
            if key in self._underway:
                raise Invalid(
                    "There is currently another in-progress request using this Idempotent Key "
                    "(that probably means you submitted twice, and the other request is still "
                    f"going through): {key}. Please try again later.",
                    status=409,
                    kind="idempotency_error",
                    code=UNDERWAY,
                )
            self._underway.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._underway.discard(key)

    def kept(self, key: str | None, path: str, params: Thing) -> Thing | None:
        """Give the answer that is kept for a key, or None.

        Raises Invalid where the key was first used for something else.
        """
        found = self._world.shelf.find("answer", key) if key is not None else None
        if found is None or found["created"] <= self._world.now() - KEPT_SECONDS:
            return None
        if found["path"] != path:
            raise Invalid(
                "Keys for idempotent requests can only be used for the same endpoint they were "
                f"first used for ('{path}' vs '{found['path']}'). Try using a key other than "
                f"'{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        if found["params"] != _print(params):
            raise Invalid(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                kind="idempotency_error",
            )
        return found

    def keep(self, key: str | None, path: str, params: Thing, *, status: int, body: Thing) -> None:
        """Keep an answer, and forget those that Stripe would have forgotten."""
        if key is None:
            return
        now = self._world.now()
        for old in self._world.shelf.all("answer"):
            if old["created"] <= now - KEPT_SECONDS:
                self._world.shelf.drop(old)
        self._world.shelf.put(
            {
                "object": "answer",
                "id": key,
                "created": now,
                "path": path,
                "params": _print(params),
                "status": status,
                "body": body,
            }
        )


def _print(params: Thing) -> str:
    return hashlib.sha256(repr(forms.flat(params)).encode()).hexdigest()
