"""Releases in the console, for all who prepare and approve them: the list, and every part of one."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import attachments, body, media_types, releases, zones
from mailer.models.releases import Release
from mailer.parts import direction
from web import downloads, hours, standing
from web.staff import conflicts, offers, paging

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
        made = offers.announced(session, release)
        return render_template(
            "staff/releases/show.html",
            release=release,
            version=version,
            standing=standing.of(session, release),
            fixed=standing.is_fixed(session, release),
            announced=made,
            offers=offers.of(session, release, made, asked="count" in request.args),
            attachments=_attachments(session, release),
            kinds=media_types.CHOICE,
            suffixes=media_types.SUFFIXES,
            embargo=_embargo(release),
            zones=hours.choices(),
            amendable=_amendable(session, release),
            markdown=body.html,
            direction=direction(version.language),
        )


@blueprint.get("/<slug>/attachments/<name>")
def attachment(slug: str, name: str) -> Response:
    """Send a file of any release, so that it is read before it is approved."""
    with transaction() as session:
        try:
            wanted = attachments.named(releases.named(session, slug), name)
        except attachments.UnknownAttachment:
            abort(404)
        return downloads.answer(wanted)


def _attachments(session: Session, release: Release) -> list[dict[str, object]]:
    """Return each file with whether it is in its version's mail or a link in it, and what it tells."""
    inside = attachments.travelling(release.attachments)
    return [
        {
            "file": each,
            "kind": media_types.label(each.media_type),
            "travels": each in inside,
            "told": attachments.told(session, each),
        }
        for each in release.attachments
    ]


def _embargo(release: Release) -> dict[str, str]:
    """Return what the fields of the embargo's form hold now."""
    zone, until = zones.known(release.embargo_zone), release.embargo_until
    if until is None:
        return {"zone": hours.home(), "day": "", "hour": "", "said": ""}
    there = until.astimezone(ZoneInfo(zone))
    said = zones.said(until, zone)
    return {"zone": zone, "day": f"{there:%Y-%m-%d}", "hour": f"{there:%H:%M}", "said": said}


def _amendable(session: Session, release: Release) -> list[Release]:
    """Return the newest releases that another may correct: those the public reads."""
    found = releases.published(session, limit=limits.AMENDABLE_SHOWN)
    return [each for each in found if each.id != release.id]
