"""A draft's terms in the console, for authors: until when it is under embargo, and what it corrects."""

from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from db.session import transaction
from mailer import releases, zones
from mailer.models.releases import Amends
from web import amending
from web.staff import acts, conflicts

blueprint = Blueprint("release_terms", __name__)
conflicts.install(blueprint)


@blueprint.post("/<slug>/embargo")
def set_embargo(slug: str) -> ResponseReturnValue:
    """Set the embargo to a day and an hour in a zone; without a day there is none."""
    zone = request.form.get("zone", "").strip() or "UTC"
    try:
        until = _until(request.form.get("day", ""), request.form.get("hour", ""), zone)
        with transaction() as session:
            release = releases.named(session, slug)
            releases.set_embargo(session, release, until, zone)
            acts.record(session, "release.embargo", subject=f"release {release.id}")
    except zones.BadTime as bad:
        return _back(slug, str(bad), "error")
    said = f"Under embargo until {zones.said(until, zone)}." if until else "No embargo."
    return _back(slug, said, "success")


@blueprint.post("/<slug>/amends")
def amend(slug: str) -> ResponseReturnValue:
    """Tie a draft to the release that it corrects or takes back."""
    try:
        kind = Amends(request.form.get("kind", ""))
    except ValueError:
        return _back(slug, "Choose whether it corrects or retracts.", "error")
    try:
        with transaction() as session:
            release = releases.named(session, slug)
            amended = releases.named(session, request.form.get("amended", "").strip())
            subject = f"release {release.id}"
            detail = amending.detail(session, release, kind, amended)
            releases.amend(session, release, kind, amended)
            acts.record(session, amending.ACT, subject=subject, detail=detail)
            headline = amended.versions[0].headline
    except (releases.CannotAmend, releases.UnknownRelease) as refused:
        return _back(slug, str(refused), "error")
    return _back(slug, f"This is a {kind} of: {headline}", "success")


@blueprint.post("/<slug>/amends/none")
def stand_alone(slug: str) -> ResponseReturnValue:
    """Undo that: the draft corrects and retracts nothing, and has the topics that it had before."""
    try:
        with transaction() as session:
            release = releases.named(session, slug)
            releases.stand_alone(session, release, amending.topics_before(session, release))
            acts.record(session, "release.stand-alone", subject=f"release {release.id}")
            topics = ", ".join(topic.name for topic in release.topics) or "none"
    except releases.CannotAmend as refused:
        return _back(slug, str(refused), "error")
    return _back(slug, f"It amends no other release any more. Its topics: {topics}.", "success")


def _until(day: str, hour: str, zone: str) -> datetime | None:
    """Return the instant that was typed, None where no day was; raise zones.BadTime."""
    if not day.strip():
        return None
    try:
        local = datetime.strptime(f"{day.strip()} {hour.strip()}", "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone stands beside it
    except ValueError:
        raise zones.BadTime("Give the day as 2026-12-14 and the hour as 09:00.") from None
    return zones.instant(local, zone)


def _back(slug: str, sentence: str, category: str) -> ResponseReturnValue:
    flash(sentence, category)
    return redirect(url_for("releases.show", slug=slug, _anchor="terms"), 303)
