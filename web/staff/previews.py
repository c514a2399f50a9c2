"""Previews in the console: exactly the mail a reader gets, framed, as text, and sent to oneself."""

from datetime import UTC, datetime
from typing import Final

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import current_user

from db.session import transaction
from mailer import previews, releases, render
from mailer.composing import Composer
from mailer.models.announcements import Audience
from mailer.models.releases import ReleaseVersion
from web import standing
from web.staff import acts, conflicts
from wiring import names
from wiring.core import core

blueprint = Blueprint("previews", __name__)
conflicts.install(blueprint)

WIDTHS: Final = {"narrow": "Telephone", "medium": "Tablet", "wide": "Desk"}
"""The widths a mail is shown at; the style sheet says how many pixels each is."""
VIEWS: Final = {"html": "HTML", "text": "Text"}
AUDIENCES: Final = {
    Audience.PUBLIC: "As everybody gets it",
    Audience.EARLY: "As the press gets it early",
}
"""The mails of one version that differ, where the release is under embargo."""
MAIL_CSP: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
"""The framed mail: its own inline styles and nothing else, neither script nor image nor any address."""


@blueprint.get("/<slug>/preview")
def show(slug: str) -> str:
    """Show the mail of one version: its subject, and its HTML at a chosen width or its text."""
    view, width = request.args.get("view", "html"), request.args.get("width", "wide")
    with transaction() as session:
        release = releases.named(session, slug)
        version = releases.version_for(release, request.args.get("language", ""))
        return render_template(
            "staff/releases/preview.html",
            release=release,
            version=version,
            fixed=standing.is_fixed(session, release),
            mail=_mail(version, _audience()),
            sender=core().sender,
            audiences=AUDIENCES if release.embargo_until else {},
            audience=_audience(),
            views=VIEWS,
            view=view if view in VIEWS else "html",
            widths=WIDTHS,
            width=width if width in WIDTHS else "wide",
        )


@blueprint.get("/<slug>/preview/<language>.html")
def frame(slug: str, language: str) -> Response:
    """Answer the HTML part alone, for the sandboxed frame, under a policy of its own."""
    with transaction() as session:
        release = releases.named(session, slug)
        version = releases.version_for(release, language)
        if version.language != language:
            abort(404)
        response = make_response(_mail(version, _audience()).html)
    response.headers["Content-Security-Policy"] = MAIL_CSP
    return response


@blueprint.post("/<slug>/test")
def send_test(slug: str) -> ResponseReturnValue:
    """Queue a test copy to the signed-in person's own address, and to no other."""
    with transaction() as session:
        release = releases.named(session, slug)
        version = releases.version_for(release, request.form.get("language", ""))
        previews.queue_test(
            session,
            version,
            address=current_user.email,
            audience=_audience(),
            links=core().links,
            now=datetime.now(UTC),
        )
        acts.record(
            session, "release.test", subject=f"release {release.id}", detail=version.language
        )
    core().bell.ring(names.SEND_TX)
    flash(f"A test copy is on its way to {current_user.email}.", "success")
    shown = url_for(".show", slug=slug, language=version.language, audience=_audience())
    return redirect(shown, 303)


def _audience() -> Audience:
    """Return whose mail is asked for: everybody's, where nothing else is said."""
    early = request.values.get("audience") == Audience.EARLY
    return Audience.EARLY if early else Audience.PUBLIC


def _mail(version: ReleaseVersion, audience: Audience) -> render.Mail:
    composer = Composer(core().sender, core().links, core().organisation)
    return composer.preview(version, audience=audience, now=datetime.now(UTC))
