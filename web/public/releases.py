"""Releases in public: the list, each release's page, and the feed. Drafts are as if they did not exist."""

from flask import Blueprint, Response, abort, request

from config import limits
from db.session import transaction
from mailer import body, releases, render
from web import words
from web.public import feed, published, rendering
from wiring.core import core

blueprint = Blueprint("public_releases", __name__)

for _name, _filter in {
    **render.FILTERS,
    "markdown_html": body.html,
    "opening": body.opening,
    "language_name": words.name,
    "long_date": words.long_date,
}.items():
    blueprint.add_app_template_filter(_filter, _name)


@blueprint.get("/releases/")
def show_list() -> Response:
    """Show one page of the list (`?page=`, from 1), newest first."""
    number = request.args.get("page", 1, type=int)
    with transaction() as session:
        pages = _pages(releases.total(session, public_only=True))
        if not 1 <= number <= pages:
            abort(404)
        size = limits.RELEASES_A_PAGE
        offset = (number - 1) * size
        shown = published.latest(session, words.language(), limit=size, offset=offset)
    return rendering.page(
        "public/releases.html",
        keep=limits.PAGE_SECONDS,
        releases=shown,
        number=number,
        pages=pages,
    )


@blueprint.get("/releases/<slug>")
def show(slug: str) -> Response:
    """Show a published release in the visitor's language, or in any other that `?lang=` names."""
    named = request.args.get(words.CHOICE, "")
    # A release may be in languages that our own words are not in.
    other = bool(named) and words.chosen() is None
    language = named if other else words.language()
    with transaction() as session:
        release = published.one(session, slug, language, exactly=other)
    if release is None:
        abort(404)
    return rendering.page("public/release.html", keep=limits.PAGE_SECONDS, release=release)


@blueprint.get("/feed.atom")
def show_feed() -> Response:
    """Give the newest releases as an Atom feed, in the house's language or the one of `?lang=`."""
    # Not by Accept-Language: what a feed reader polls must not change with the program that polls it.
    language = words.chosen() or core().settings.org_language
    with transaction() as session:
        shown = published.latest(session, language, limit=limits.FEED_ENTRIES)
    document = feed.document(
        shown,
        language=language,
        query=f"?{words.CHOICE}={language}" if words.chosen() else "",
        organisation=core().organisation,
        base_url=core().links.base_url,
        authority=core().sender.domain,
    )
    response = Response(document, content_type=feed.CONTENT_TYPE)
    rendering.keep_for(response, limits.FEED_SECONDS)
    return response


def _pages(total: int) -> int:
    """Return how many pages a list has; an empty one has one, which says so."""
    return max(1, -(-total // limits.RELEASES_A_PAGE))
