"""What goes wrong between the product and the API: each trouble is ordered, and strikes so many times."""

import threading
from dataclasses import asdict, dataclass
from typing import Literal, Self, get_args

from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing

Kind = Literal["reset_before", "reset_after", "error_before", "error_after", "busy", "html", "slow"]


@dataclass
class Trouble:
    """Strikes the next `count` requests with this method and this beginning of a path.

    `reset_*` ends the connection before anything was done, or after all of it. `error_*` is a 500
    likewise, kept under the request's idempotency key. `busy` is a 429, `html` a proxy's page, and
    `slow` an answer that comes after `seconds`, with its key under way all the time.
    """

    kind: Kind
    path: str = "/v1/"
    method: str = "POST"
    count: int = 1
    seconds: float = 0.0

    @classmethod
    def parse(cls, given: Thing) -> Self:
        """Read an order; raises Refused where it is none."""
        if given.get("kind") not in get_args(Kind):
            raise Refused(f"A trouble is one of {', '.join(get_args(Kind))}.")
        try:
            return cls(**given)
        except TypeError as error:
            raise Refused(
                f"A trouble has a kind, path, method, count and seconds: {error}"
            ) from error


class Troubles:
    """The troubles that are ordered and have not struck yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Trouble] = []
        self._over = threading.Event()

    def order(self, trouble: Trouble) -> None:
        """Let it strike."""
        with self._lock:
            self._ordered.append(trouble)

    def take(self, method: str, path: str) -> Trouble | None:
        """Give what strikes this request, or None."""
        with self._lock:
            for trouble in self._ordered:
                if trouble.count and trouble.method == method and path.startswith(trouble.path):
                    trouble.count -= 1
                    return trouble
        return None

    def pause(self, seconds: float) -> None:
        """Wait, as a slow request does, but not beyond the end of all trouble."""
        self._over.wait(seconds)

    def end(self) -> None:
        """Let whoever is waiting go on, and nobody wait again."""
        self._over.set()

    def told(self) -> list[Thing]:
        """Give what is still to strike."""
        with self._lock:
            return [asdict(each) for each in self._ordered if each.count]
