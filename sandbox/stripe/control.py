"""The operator's side under /_sandbox/: JSON in, JSON out; what a test or a panel lets happen."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.stripe import (
    checkout,
    customers,
    disputes,
    endpoints,
    invoices,
    methods,
    paying,
    payouts,
    refunds,
)
from sandbox.stripe.api import API, Answer, Request
from sandbox.stripe.deliveries import Courier
from sandbox.stripe.faults import Faults
from sandbox.stripe.refusals import Refused, no_such_path
from sandbox.stripe.things import Thing, public
from sandbox.stripe.troubles import Trouble
from sandbox.stripe.world import World

ROOT: Final = "/_sandbox/"
OURS: Final = ("127.0.0.1", "localhost")
SHOWN: Final = 500
"""How many deliveries and requests are listed."""

Act = Callable[..., Thing]
"""Takes the world, the ids in the path, and the fields of the body by name."""


def _expire(world: World, session_id: str) -> Thing:
    return checkout.expire(world, {}, session_id)


def _refund(world: World, **params: object) -> Thing:
    return refunds.create(world, params)


def _advance(world: World, *, seconds: int = 0, to: int | None = None) -> Thing:
    try:
        world.advance_to(world.now() + seconds if to is None else to)
    except ValueError as error:
        raise Refused(str(error)) from error
    return {"now": world.now()}


ACTS: Final[Mapping[str, Act]] = {
    "sessions/{id}/pay": paying.pay,
    "sessions/{id}/authenticate": paying.authenticate,
    "sessions/{id}/expire": _expire,
    "refunds": _refund,
    "refunds/{id}/fail": refunds.fail,
    "charges/{id}/dispute": disputes.begin,
    "charges/{id}/warn": disputes.warn,
    "disputes/{id}/escalate": disputes.escalate,
    "disputes/{id}/win": disputes.win,
    "disputes/{id}/lose": disputes.lose,
    "disputes/{id}/withdraw": disputes.withdraw_inquiry,
    "customers/{id}/card": customers.replace_card,
    "payment_methods/{id}/turn": methods.turn,
    "invoices/{id}/pay": invoices.pay_by_hand,
    "payouts/{id}/fail": payouts.fail,
    "endpoints": endpoints.register,
    "endpoints/{id}/roll": endpoints.roll,
    "endpoints/{id}/remove": endpoints.remove,
    "clock": _advance,
}


class Control:
    """Answers the operator."""

    def __init__(self, world: World, api: API, courier: Courier) -> None:
        self._world, self._api, self._courier = world, api, courier

    def answer(self, request: Request) -> Answer:
        """Answer one request; a refusal is told as the API tells it."""
        name = request.path.removeprefix(ROOT)
        try:
            _guard(request)
            if request.method == "GET":
                return Answer(200, self._tell(name))
            return Answer(200, self._do(name, _body(request)))
        except Refused as refused:
            return Answer(refused.status, refused.body(""))

    def _tell(self, name: str) -> Thing:
        match name:
            case "state":
                return self._state()
            case "faults":
                return self._courier.faults.told()
            case "troubles":
                return {"data": self._api.troubles.told()}
            case "deliveries":
                with self._world.lock:
                    return {"data": [dict(d) for d in self._world.shelf.all("delivery")][-SHOWN:]}
            case "requests":
                return {"data": [_heard(*each) for each in list(self._api.heard)[-SHOWN:]]}
        raise no_such_path("GET", ROOT + name)

    def _state(self) -> Thing:
        with self._world.lock:
            world = self._world
            found = [public(each) for each in world.shelf.all("webhook_endpoint")]
            return {
                "now": world.now(),
                "ticking": world.clock.ticking,
                "seed": world.seed,
                "objects": world.shelf.count(),
                "endpoints": found,
            }

    def _do(self, name: str, given: Thing) -> Thing:
        match name.split("/"):
            case ["faults"]:
                self._courier.faults = Faults.parse(given)
                return self._courier.faults.told()
            case ["troubles"]:
                self._api.troubles.order(Trouble.parse(given))
                return {"data": self._api.troubles.told()}
            case ["deliveries", "send"]:
                return {"data": self._courier.deliver()}
            case ["events", event_id, "resend"]:
                self._courier.resend(event_id)
                return {"event": event_id}
        return self._act(name, given)

    def _act(self, name: str, given: Thing) -> Thing:
        for path, act in ACTS.items():
            found = re.fullmatch(path.replace("{id}", "([A-Za-z0-9_]+)"), name)
            if found:
                with self._world.turn() as world:
                    return world.show(_called(act, world, found.groups(), given))
        raise no_such_path("POST", ROOT + name)


def _called(act: Act, world: World, ids: tuple[str | Any, ...], given: Thing) -> Thing:
    try:
        inspect.signature(act).bind(world, *ids, **given)
    except TypeError as error:
        raise Refused(f"This act takes other fields: {error}.") from error
    return act(world, *ids, **given)


def _guard(request: Request) -> None:
    """Refuse what a page elsewhere makes a browser ask: it comes under that page's name."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if host not in OURS:
        raise Refused(f"The operator's side answers to {' and '.join(OURS)} only.", status=403)


def _body(request: Request) -> Thing:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused("The operator sends JSON, with Content-Type application/json.", status=415)
    try:
        given = json.loads(request.body or b"{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refused("The body is no JSON object.")
    return given


def _heard(request: Request, answer: Answer | None) -> Thing:
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "body": request.body.decode(errors="replace"),
        "headers": {k: v for k, v in request.headers.items() if k != "authorization"},
        "status": answer.status if answer else None,
        "request_id": answer.headers.get("Request-Id") if answer else None,
    }
