"""Releases in the console, for all who prepare and approve them: the list, and every part of one."""

from flask import Blueprint, render_template, request

from db.session import transaction
from mailer import audience, body, releases
from mailer.parts import direction
from web import standing
from web.staff import conflicts, paging

blueprint = Blueprint("releases", __name__)
conflicts.install(blueprint)


@blueprint.get("/")
def listing() -> str:
    """Show the releases, newest first, page by page."""
    with transaction() as session:
        total = releases.total(session, public_only=False)
        page = paging.page(request.args.get("page"), total=total)
        found = releases.every(session, limit=page.limit, offset=page.offset)
        rows = [(release, standing.of(session, release)) for release in found]
        return render_template("staff/releases/list.html", rows=rows, page=page)


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    """Show every part of one version of a release, and what can be done with it."""
    with transaction() as session:
        release = releases.named(session, slug)
        version = releases.version_for(release, request.args.get("language", ""))
        return render_template(
            "staff/releases/show.html",
            release=release,
            version=version,
            standing=standing.of(session, release),
            fixed=standing.is_fixed(session, release),
            count=audience.count(session, release.id),
            markdown=body.html,
            direction=direction(version.language),
        )
