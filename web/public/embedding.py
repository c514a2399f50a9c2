"""Our form on other sites' pages: the lines they copy, and the door that what they post comes in by.

The copied form is the same for everybody and for ever, so it can carry no nonce. In its place stands the
origin that a browser sends with a post: a page that CORS_ORIGINS does not list cannot use its visitors'
browsers to ask. Who posts without a browser meets the caps, as everywhere.
"""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, render_template, request

from config import limits, origins
from db.session import transaction
from mailer import topics
from web import challenge, requests, words
from web.public import rendering
from wiring.core import core

blueprint = Blueprint("public_embedding", __name__)

SOURCE: Final = "form on another site"


@blueprint.get("/embed")
def show() -> Response:
    """Show the lines that another site copies."""
    with transaction() as session:
        offered = topics.offered(session)
    snippet = render_template(
        "public/embed-snippet.html",
        base_url=core().links.base_url,
        topics=offered,
        wording=requests.wording(words.language()),
        page_language=words.language(),
    )
    return rendering.page(
        "public/embed.html", keep=limits.PAGE_SECONDS, snippet=snippet, topics=offered
    )


@blueprint.post("/subscribe/from")
def subscribe() -> Response:
    """Begin a double opt-in that was asked for on another site's page."""
    if not _may_ask():
        return rendering.page("public/embed-refused.html", status=403, topics=_topics())
    now = datetime.now(UTC)
    with transaction() as session:
        faults = requests.hand_in(session, _entry(), source=SOURCE, now=now)
        attacked = challenge.is_wanted(session, now=now)
    if faults:
        return rendering.page(
            "public/embed-mend.html",
            status=422,
            faults=faults,
            topics=_topics(),
            back=_back(),
        )
    requests.ring()
    return rendering.page(
        "public/embed-sent.html",
        attacked=attacked,
        sender=core().sender,
        hours=limits.CONFIRM_TOKEN_SECONDS // 3600,
        back=_back(),
    )


def _entry() -> requests.Entry:
    form = request.form
    return requests.Entry(
        address=form.get("address", ""),
        topics=_topics(),
        language=requests.language(form.get("language", "")) or words.of_mails(),
        wording_hash=form.get("wording", ""),
    )


def _topics() -> list[str]:
    """Return the topics that were posted, cut to what a link to our own form can carry."""
    named = [slug for slug in request.form.getlist("topic") if len(slug) <= limits.SLUG_LENGTH]
    return named[: limits.API_TOPICS]


def _may_ask() -> bool:
    """Return whether the page that posted is of a listed site, or the browser does not say."""
    # Browsers send Origin with each post; 'null' stands for a page that hides where it is, and is refused,
    # or any page could hide.
    origin = request.headers.get("Origin")
    if origin is None and request.referrer:
        origin = origins.of(request.referrer) or "null"
    return origin is None or origin in core().settings.other_sites


def _back() -> tuple[str, str] | None:
    """Return the page to go back to and its site's name; None where it is not of a listed site."""
    url = request.form.get("return_to", "")
    origin = origins.of(url) if len(url) <= limits.RETURN_URL_LENGTH else None
    if origin not in core().settings.other_sites:
        return None
    return url, origin.partition("://")[2]
