"""The operator's side of a sandbox Stripe, over HTTP: pay at its pages, refund, dispute, move its clock."""

import json
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

_SECONDS: Final = 60
_TAKEN: Final = range(200, 300)


class Refused(Exception):
    """The sandbox would not do this; the message is its sentence."""


class Operator:
    """Who has things happen in the sandbox at `base`, such as http://127.0.0.1:8026."""

    def __init__(self, base: str) -> None:
        target = urlsplit(base)
        self._host, self._port = target.hostname or "", target.port or 80

    def do(self, act: str, **fields: object) -> dict[str, Any]:
        """Have an act happen, such as `do("sessions/cs_1/pay", number="4242424242424242")`; raise Refused."""
        return self._ask("POST", act, json.dumps(fields))

    def told(self, what: str) -> dict[str, Any]:
        """Return what the sandbox tells of itself: state, requests, deliveries."""
        return self._ask("GET", what, None)

    def now(self) -> datetime:
        """Return the sandbox's time."""
        return datetime.fromtimestamp(self.told("state")["now"], UTC)

    def advance(self, seconds: int) -> None:
        """Move its clock forward; what is due on the way happens."""
        self.do("clock", seconds=seconds)

    def _ask(self, method: str, path: str, body: str | None) -> dict[str, Any]:
        connection = HTTPConnection(self._host, self._port, timeout=_SECONDS)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(method, f"/_sandbox/{path}", body, headers)
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status not in _TAKEN:
            raise Refused(f"{path}: {told}")
        return told
