"""What every blueprint of the API has: its faults in JSON, and the other sites that browsers let call it."""

from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from config import limits
from web.api import problems
from wiring.core import core


def make(name: str, module: str) -> Blueprint:
    """Return a blueprint of the API."""
    blueprint = Blueprint(name, module)
    blueprint.register_error_handler(problems.Faulty, problems.answer_faulty)
    for kind in (BadRequest, RequestEntityTooLarge, UnsupportedMediaType):
        blueprint.register_error_handler(kind, problems.answer)
    blueprint.after_request(allow_other_sites)
    return blueprint


_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": str(limits.PREFLIGHT_SECONDS),
}


def allow_other_sites(response: Response) -> Response:
    """Let pages of the sites in CORS_ORIGINS read an answer (Fetch 3.2): no credentials, no '*'."""
    # Always, also where the origin is refused: else a cache would give one site's answer to another.
    response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if origin in core().settings.other_sites:
        response.headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response.headers.update(_PREFLIGHT)
    return response
