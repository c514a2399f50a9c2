"""Finds the page that a browser asks for, and answers for it; what is no page is left to the API."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sandbox.stripe.api import Answer, Request
from sandbox.stripe.deliveries import Courier
from sandbox.stripe.pages import (
    frame,
    invoice_page,
    panel_acts,
    panel_page,
    portal_page,
    session_page,
    visits,
)
from sandbox.stripe.pages.visits import Visit
from sandbox.stripe.refusals import Refused
from sandbox.stripe.world import World

NOT_FOUND: Final = 404
ID: Final = "([A-Za-z0-9_]{1,255})"
ACT: Final = re.compile(rf"/panel/([a-z]+)(?:/{ID})?/([a-z]+)")


@dataclass(frozen=True)
class Route:
    """A path with an object's id in it: the page to show, and what a form that is posted there does.

    The page is shown again with a sentence where that cannot be done.
    """

    path: re.Pattern[str]
    show: Callable[[Visit, str], Answer]
    do: Callable[[Visit], Answer] | None = None


def _route(
    path: str, show: Callable[[Visit, str], Answer], do: Callable[[Visit], Answer] | None = None
) -> Route:
    return Route(re.compile(path.replace("{id}", ID)), show, do)


ROUTES: Final = (
    _route("/c/pay/{id}", session_page.show, session_page.pay),
    _route("/c/pay/{id}/bank", session_page.show, session_page.answer_bank),
    _route("/p/session/{id}", portal_page.show),
    _route("/p/session/{id}/card", portal_page.show, portal_page.change_card),
    _route("/p/session/{id}/plan", portal_page.show, portal_page.end),
    _route("/i/{id}", invoice_page.show, invoice_page.pay),
    _route("/i/{id}/bank", invoice_page.show, invoice_page.answer_bank),
)


class Pages:
    """Answers browsers about one world, whose events one courier carries."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world, self._courier = world, courier

    def __call__(self, request: Request) -> Answer | None:
        """Answer a request, or give None where there is no page with such a path."""
        if request.path == frame.STYLE_PATH:
            return frame.style()
        serve = self._find(request.path)
        if serve is None or request.method not in {"GET", "POST"}:
            return None
        try:
            visits.guard(request)
            return serve(request)
        except Refused as refused:
            return frame.refusal(str(refused), refused.status)

    def _find(self, path: str) -> Callable[[Request], Answer] | None:
        if path == "/":
            return self._panel
        if found := ACT.fullmatch(path):
            section, thing_id, name = found.groups(default="")
            return partial(self._act, section, thing_id, name)
        for route in ROUTES:
            if found := route.path.fullmatch(path):
                return partial(self._donor, route, found[1])
        return None

    def _donor(self, route: Route, thing_id: str, request: Request) -> Answer:
        visit = Visit(self._world, thing_id, visits.fields(request))
        if request.method == "GET" or route.do is None:
            with self._world.turn():
                return route.show(visit, "")
        try:
            with self._world.turn():
                return route.do(visit)
        except Refused as refused:
            with self._world.turn():
                return replace(route.show(visit, str(refused)), status=refused.status)

    def _panel(self, request: Request) -> Answer:
        del request
        with self._world.turn() as world:
            return panel_page.show(world, self._courier.faults)

    def _act(self, section: str, thing_id: str, name: str, request: Request) -> Answer:
        back = f"/#{section}"
        try:
            if request.method == "POST":
                visit = Visit(self._world, thing_id, visits.fields(request))
                self._do(f"{section}/{name}", visit)
        except Refused as refused:
            return frame.refusal(str(refused), refused.status, back=back)
        return frame.see(back)

    def _do(self, name: str, visit: Visit) -> None:
        """Do what a button of the panel asks; the courier never works within the world's lock."""
        match name:
            case "events/send":
                self._courier.deliver()
            case "events/resend":
                self._courier.resend(visit.id)
            case "events/faults":
                self._courier.faults = panel_acts.faults(visit.fields)
            case _ if name in panel_acts.ACTS:
                with self._world.turn():
                    panel_acts.ACTS[name](visit)
            case _:
                raise Refused("The panel has no such button.", status=NOT_FOUND)
