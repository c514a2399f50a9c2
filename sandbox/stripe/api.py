"""Stripe's REST API v1: one request in, one answer out, no sockets."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.stripe import access, forms, lists, parameters, routes
from sandbox.stripe.idempotency import Keys
from sandbox.stripe.refusals import Invalid, Refused, no_such_path
from sandbox.stripe.things import Thing
from sandbox.stripe.troubles import Troubles
from sandbox.stripe.world import API_VERSION, World

DECLINED: Final = 402
"""The one refusal that leaves something behind: a payment that was tried, and failed."""
HEARD: Final = 5_000
PROXYS_PAGE: Final = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
BROKEN: Final = Refused(
    "An unknown error occurred in the sandbox, as was ordered.", status=500, kind="api_error"
)
BUSY: Final = Refused(
    "Too many requests hit the API too quickly.",
    status=429,
    kind="invalid_request_error",
    code="rate_limit",
)
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """What was asked; the names of `headers` are in small letters."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What is answered: JSON, or the bytes of a page; and headers beside those of every answer."""

    status: int
    body: Thing
    headers: Mapping[str, str] = field(default_factory=dict)
    page: bytes = b""

    @property
    def content(self) -> bytes:
        """Give the bytes to send."""
        return self.page or json.dumps(self.body).encode()


@dataclass(frozen=True)
class Call:
    """A request that is being answered: its id, where its log would be, and the trouble it has."""

    request: Request
    id: str
    log: str
    trouble: str

    @property
    def key(self) -> str | None:
        """Give its idempotency key; only a POST has one."""
        headers = self.request.headers
        return headers.get("idempotency-key") if self.request.method == "POST" else None


class Cut(Exception):
    """The connection ends here, without an answer."""


class API:
    """Answers requests about one world. `heard` are the last of them, with their answers."""

    def __init__(self, world: World) -> None:
        self.troubles = Troubles()
        self.heard: deque[tuple[Request, Answer | None]] = deque(maxlen=HEARD)
        self._world = world
        self._keys = Keys(world)

    def answer(self, request: Request) -> Answer:
        """Answer one request; what goes wrong is answered too.

        Raises Cut where a trouble was ordered that ends the connection.
        """
        found = None
        try:
            found = self._answer(request)
        finally:
            self.heard.append((request, found))
        return found

    def _answer(self, request: Request) -> Answer:
        with self._world.lock:
            request_id = f"req_{self._world.opaque('request', 14)}"
        log = f"{self._world.base}/_sandbox/requests"
        trouble = self.troubles.take(request.method, request.path)
        call = Call(request, request_id, log, trouble.kind if trouble else "")
        try:
            access.check(request.headers)
            found = _unheard(call) or self._begin(call, trouble.seconds if trouble else 0)
        except Refused as refused:
            found = Answer(refused.status, refused.body(log), _advice(refused))
        if call.trouble == "reset_after":
            raise Cut
        own = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        return replace(found, headers=own | dict(found.headers))

    def _begin(self, call: Call, seconds: float) -> Answer:
        """Answer a request once: what is kept under its key, or what is done now."""
        request, key = call.request, call.key
        route = routes.find(request.method, request.path)
        if route is None:
            raise no_such_path(request.method, request.path)
        given = _params(request)
        with self._keys.hold(key):
            with self._world.turn() as world:
                kept = self._keys.kept(key, request.path, given)
                if kept is not None:
                    return Answer(kept["status"], kept["body"], _named(key, replayed=True))
                params = parameters.check(given, route[0].shape)
                world.cause = {"id": call.id, "idempotency_key": key}
                found = self._do(call, *route, params)
                self._keys.keep(key, request.path, given, status=found.status, body=found.body)
            self.troubles.pause(seconds)
        return Answer(found.status, found.body, _named(key, replayed=False))

    def _do(self, call: Call, route: routes.Route, ids: tuple[str, ...], params: Thing) -> Answer:
        """Do what was asked; a refusal from here on is kept like any other answer."""
        if call.trouble == "error_before":
            return Answer(500, BROKEN.body(call.log))
        try:
            found = route.handler(self._world, params, *ids)
            if isinstance(found, lists.Found):
                found = lists.page(found, params, call.request.path)
            body = self._world.show(found, params.get("expand"))
        except Invalid:
            raise
        except Refused as refused:
            if refused.status != DECLINED:
                self._world.shelf.undo()
            return Answer(refused.status, refused.body(call.log))
        return (
            Answer(500, BROKEN.body(call.log))
            if call.trouble == "error_after"
            else Answer(200, body)
        )


def _unheard(call: Call) -> Answer | None:
    """Answer as something does that stands before the API, which never hears of the request."""
    match call.trouble:
        case "reset_before":
            raise Cut
        case "busy":
            return Answer(429, BUSY.body(call.log))
        case "html":
            return Answer(502, {}, {"Content-Type": "text/html"}, PROXYS_PAGE)
    return None


def _params(request: Request) -> Thing:
    if request.method != "POST":
        return forms.decode(request.query)
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip()
    if request.body and kind != FORM:
        raise Invalid(f"Invalid request (check that your POST content type is {FORM}).")
    try:
        return forms.decode(request.body.decode())
    except UnicodeDecodeError:
        raise Invalid("Invalid UTF-8 in the request's body.") from None


def _named(key: str | None, *, replayed: bool) -> dict[str, str]:
    named = {} if key is None else {"Idempotency-Key": key}
    return named | ({"Idempotent-Replayed": "true"} if replayed else {})


def _advice(refused: Refused) -> dict[str, str]:
    """Tell the client what Stripe tells it: a key that is under way may be tried again."""
    return {"Stripe-Should-Retry": "true"} if refused.status == 409 else {}  # noqa: PLR2004 - HTTP's
