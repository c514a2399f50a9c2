"""The one table from an error to its status and its page; nothing inside an error reaches a visitor."""

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import psycopg
from flask import Flask, Response, current_app, jsonify, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from config import languages, limits
from mailer.tokens import BadToken, TokenExpired
from web import bodies, forms, kinds, words
from wiring.core import core

log = logging.getLogger(__name__)
N_ = languages.N_


@dataclass(frozen=True)
class Page:
    """What a person reads: what happened, and what they can do, in English and marked for translation."""

    title: str
    sentence: str


PAGES: Final = {
    400: Page(
        N_("We could not read that"),
        N_(
            "Something in the request was malformed. Go back, check what you entered, and try again."
        ),
    ),
    401: Page(
        N_("Please sign in"),
        N_("This page is for staff. Sign in, then open it again."),
    ),
    403: Page(
        N_("This is not open to you"),
        N_("Your account may not open this page. If it should, ask an administrator for the role."),
    ),
    404: Page(
        N_("There is no such page"),
        N_(
            "The address may be mistyped, or what stood here is gone. Start again from the front page."
        ),
    ),
    405: Page(
        N_("That cannot be done here"),
        N_(
            "This address does not take that kind of request. Open it from the page that links to it."
        ),
    ),
    410: Page(
        N_("This link has expired"),
        N_(
            "It was good for a limited time, which is over. Ask for a new one where you got this one."
        ),
    ),
    413: Page(
        N_("That is too large"),
        N_("What you sent is longer than we accept. Shorten it and try again."),
    ),
    415: Page(
        N_("We cannot read this format"),
        N_("What you sent is in a format this address does not take. Use the form on the page."),
    ),
    422: Page(
        N_("Something is not filled in rightly"),
        N_("Go back, look at the fields that are marked, and try again."),
    ),
    429: Page(
        N_("Too many tries"),
        N_(
            "We have paused this for a while, to keep accounts safe. Wait a few minutes, then try again."
        ),
    ),
    500: Page(
        N_("Something broke on our side"),
        N_("It is not your fault, and it has been noted. Please try again in a few minutes."),
    ),
    503: Page(
        N_("We are away for a moment"),
        N_("A part of this site does not answer just now. Please try again in a few minutes."),
    ),
}
"""Status -> page; a status that is not here is answered as 400 or 500."""

SPECIAL: Final[dict[type[Exception], tuple[int, Page]]] = {
    CSRFError: (
        400,
        Page(
            N_("This form has expired"),
            N_(
                "It was open for too long, or you signed in anew meanwhile. Go back, reload the page, "
                "and send it again."
            ),
        ),
    ),
    forms.StaleForm: (
        400,
        Page(
            N_("This form has expired"),
            N_(
                "It was open for too long, or was changed on its way. Open the page again and send it anew."
            ),
        ),
    ),
    bodies.BrokenText: (
        400,
        Page(
            N_("We could not read that text"),
            N_(
                "It holds characters that are not text. Type it again rather than pasting it, and send "
                "it anew."
            ),
        ),
    ),
    TokenExpired: (410, PAGES[410]),
    BadToken: (
        404,
        Page(
            N_("This link does not work"),
            N_(
                "It may have lost a part on its way: copy the whole link from the mail into the address "
                "bar. If it still does not work, ask for a new one."
            ),
        ),
    ),
    OperationalError: (503, PAGES[503]),
    InterfaceError: (503, PAGES[503]),
    # db/direct.py speaks to the driver itself.
    psycopg.OperationalError: (503, PAGES[503]),
}
"""Errors that mean more than their status; the first that matches counts."""


def install(app: Flask) -> None:
    """Answer every error of the app by the table."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, answer)


def answer(error: Exception) -> Response:
    """Return the page (or, for machines, the problem document of RFC 9457) for an error."""
    if isinstance(error, HTTPException) and (error.code or 0) < HTTPStatus.BAD_REQUEST:
        # A redirect that the router raises.
        return current_app.make_response(error.get_response(request.environ))
    status, page = look_up(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s failed", request.method, request.url_rule or "?", exc_info=error)
    response = _problem(status, page) if _for_machines() else _html(status, page)
    if isinstance(error, HTTPException):
        _keep_headers(error, response)
    return response


def look_up(error: Exception) -> tuple[int, Page]:
    """Return the status and the page of an error; what nobody foresaw is 500."""
    for kind, found in SPECIAL.items():
        if isinstance(error, kind):
            return found
    code = error.code if isinstance(error, HTTPException) else None
    status = code or HTTPStatus.INTERNAL_SERVER_ERROR.value
    rounded = 500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400
    return status, PAGES.get(status, PAGES[rounded])


def _for_machines() -> bool:
    return kinds.of(request.path).speaks_json


def _problem(status: int, page: Page) -> Response:
    response = jsonify(type="about:blank", title=page.title, status=status, detail=page.sentence)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _html(status: int, page: Page) -> Response:
    # Straight from the template, past the context processors: those ask the database who is signed in,
    # and the database may be what failed.
    staff = kinds.of(request.path) is kinds.Kind.STAFF
    template = current_app.jinja_env.get_template("errors/page.html")
    html = template.render(
        **words.page(),
        status=status,
        title=words.gettext(page.title),
        sentence=words.gettext(page.sentence),
        staff=staff,
        organisation=core().organisation,
        home=url_for("home.show" if staff else "public_home.show"),
    )
    return words.say(Response(html, status, mimetype="text/html"))


def _keep_headers(error: HTTPException, response: Response) -> None:
    """Keep what HTTP asks of some errors: Allow for 405 (RFC 9110 15.5.6), Retry-After for 429 (RFC 6585)."""
    for name, value in error.get_headers(request.environ):
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.setdefault("Retry-After", str(limits.RETRY_AFTER_SECONDS))
