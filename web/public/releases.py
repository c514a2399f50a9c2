"""Releases in public: the list, each release's page, and the feed. Drafts are as if they did not exist."""

from flask import Blueprint, Response, abort, request

from config import limits
from db.session import transaction
from mailer import body, releases, render
from web.public import feed, published, rendering
from wiring.core import core

blueprint = Blueprint("public_releases", __name__)

for _name, _filter in {
    **render.FILTERS,
    "markdown_html": body.html,
    "opening": body.opening,
    "language_name": published.language_name,
    "long_date": published.long_date,
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
        shown = published.latest(session, limit=size, offset=(number - 1) * size)
    return rendering.page(
        "public/releases.html",
        keep=limits.PAGE_SECONDS,
        releases=shown,
        number=number,
        pages=pages,
    )


@blueprint.get("/releases/<slug>")
def show(slug: str) -> Response:
    """Show a published release, in the language `?lang=` names if it has a version in it."""
    with transaction() as session:
        release = published.one(session, slug, request.args.get("lang", ""))
    if release is None:
        abort(404)
    return rendering.page("public/release.html", keep=limits.PAGE_SECONDS, release=release)


@blueprint.get("/feed.atom")
def show_feed() -> Response:
    """Give the newest releases as an Atom feed."""
    with transaction() as session:
        shown = published.latest(session, limit=limits.FEED_ENTRIES)
    document = feed.document(
        shown,
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
