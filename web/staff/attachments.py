"""Attachments in the console, for authors: a draft's files are added and taken away on its page."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config import limits
from db.session import transaction
from mailer import attachments, releases
from web.staff import acts, conflicts
from web.staff.drafts import FINDING

blueprint = Blueprint("attachments", __name__)
conflicts.install(blueprint)


@blueprint.post("/<slug>/attachments")
def add(slug: str) -> ResponseReturnValue:
    """Add the chosen file to a draft, for one of its versions or for all."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _back(slug, "Choose a file first.", "error")
    # One byte more than allowed is enough to be refused.
    content = upload.read(limits.ATTACHMENT_BYTES + 1)
    language = request.form.get("language") or None
    try:
        with transaction() as session:
            release = releases.named(session, slug)
            added = attachments.add(
                session, release, name=upload.filename, content=content, language=language
            )
            acts.record(session, "release.attach", subject=f"release {release.id}")
            tells = bool(attachments.told(session, added).sentence)
    except attachments.BadAttachment as bad:
        return _back(slug, str(bad), "error")
    if tells:
        # What it tells is on the page and not in the session's cookie, which a browser keeps on its disk.
        flash("The file tells more than it shows: see below what that is.", FINDING)
    return _back(slug, f"{upload.filename} is added.", "success")


@blueprint.post("/<slug>/attachments/remove")
def remove(slug: str) -> ResponseReturnValue:
    """Take a file from a draft."""
    name = request.form.get("name", "")
    try:
        with transaction() as session:
            release = releases.named(session, slug)
            attachments.remove(session, release, name)
            acts.record(session, "release.detach", subject=f"release {release.id}")
    except attachments.UnknownAttachment as unknown:
        return _back(slug, str(unknown), "error")
    return _back(slug, f"{name} is taken away.", "success")


@blueprint.post("/<slug>/attachments/clean")
def clean(slug: str) -> ResponseReturnValue:
    """Take out of a picture what it tells besides what it shows."""
    name = request.form.get("name", "")
    try:
        with transaction() as session:
            release = releases.named(session, slug)
            attachments.clean(session, release, name)
            acts.record(session, "release.clean", subject=f"release {release.id}")
    except (attachments.UnknownAttachment, attachments.BadAttachment) as refused:
        return _back(slug, str(refused), "error")
    return _back(slug, f"{name} shows the same, and tells nothing else any more.", "success")


def _back(slug: str, sentence: str, category: str) -> ResponseReturnValue:
    # The sentence travels in the session's cookie; a name may be as long as a browser sends it.
    flash(sentence[: limits.LEFT_OUT_LENGTH], category)
    return redirect(url_for("releases.show", slug=slug, _anchor="attachments"), 303)
