"""One request to a page: where it is made, about what, and what its form says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from sandbox.stripe.api import FORM, Request
from sandbox.stripe.refusals import Refused
from sandbox.stripe.world import World

FIELDS: Final = 20
OURS: Final = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Visit:
    """A request to the page of the object `id`; `fields` are its form's, or its query's."""

    world: World
    id: str
    fields: Mapping[str, str]


def fields(request: Request) -> dict[str, str]:
    """Read a form or a query; raises Refused where it is none of ours."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method == "POST" and request.body and kind != FORM:
        raise Refused(f"A form is sent as {FORM}.", status=415)
    text = request.body if request.method == "POST" else request.query.encode()
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError as error:
        raise Refused("This is no form of these pages.") from error
    return {name: value.strip() for name, value in pairs}


def guard(request: Request) -> None:
    """Refuse another name for this machine (DNS rebinding), and what another site's page posts."""
    host = request.headers.get("host", "").lower()
    if host.partition(":")[0] not in OURS:
        raise Refused(f"These pages answer to {' and '.join(OURS)} only.", status=403)
    if request.method == "POST" and not _own(request, host):
        raise Refused("Another site's page asked for this; use the button on this one.", status=403)


def _own(request: Request, host: str) -> bool:
    """Tell whether our own page posts this, or a program, which names no origin."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or origin.lower() == f"http://{host}"
