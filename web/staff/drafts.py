"""Drafts in the console, for authors: import one, correct it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import announcements, releases, topics
from mailer.ingest import reading
from mailer.ingest import release as ingest
from mailer.models.releases import Release
from web.staff import acts, conflicts
from web.staff.release_form import ReleaseForm, blank

blueprint = Blueprint("drafts", __name__)
conflicts.install(blueprint)

NEW: Final = "new"
"""What stands for the language in the address of a version that is yet to be written."""
FINDING: Final = "finding"
"""The category of messages that tell what an import could not place."""


@blueprint.get("/import")
def import_form() -> str:
    """Show the form that takes a file or pasted text."""
    return _import_page()


@blueprint.post("/import")
def import_draft() -> ResponseReturnValue:
    """Make a draft of what was given, and show it with what was found and what could not be placed."""
    slugs = request.form.getlist("topics")
    try:
        found = _read_import()
        with transaction() as session:
            release = releases.create(session, found.parts, topics=topics.named(session, slugs))
            acts.record(session, "release.import", subject=f"release {release.id}")
    except (
        reading.Unreadable,
        ingest.NotARelease,
        releases.BadParts,
        topics.UnknownTopic,
    ) as error:
        return _import_page(fault=str(error), text=request.form.get("text", ""), chosen=slugs), 422
    _tell(found)
    return redirect(url_for("releases.show", slug=release.slug), 303)


@blueprint.get("/<slug>/edit")
def edit_form(slug: str) -> ResponseReturnValue:
    """Show the form of one version, or an empty one for one more language."""
    asked = request.args.get("language", "")
    with transaction() as session:
        release = releases.named(session, slug)
        releases.refuse_if_fixed(session, release)
        if asked == NEW:
            return _edit_page(session, release, blank(release))
        version = releases.version_for(release, asked)
        form = ReleaseForm.of(release, releases.parts(version), was=version.language)
        return _edit_page(session, release, form)


@blueprint.post("/<slug>/edit")
def edit(slug: str) -> ResponseReturnValue:
    """Save one version and the topics; where that cannot be, show the form again with all that was typed."""
    form = ReleaseForm.typed(request.form)
    try:
        with transaction() as session:
            _save(session, releases.named(session, slug), form)
    except releases.BadParts as bad:
        return _show_again(slug, form, faults=form.faults | bad.faults)
    except topics.UnknownTopic as unknown:
        return _show_again(slug, form, faults={"topics": str(unknown)})
    except releases.ChangedMeanwhile:
        return _show_both(slug, form)
    flash("Saved.", "success")
    return redirect(url_for("releases.show", slug=slug, language=form.language), 303)


def _read_import() -> ingest.Found:
    """Read the file where one was chosen, else the pasted text."""
    language = " ".join(request.form.get("language", "").split()).lower() or None
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        # One byte more than allowed is enough to be refused.
        data, name = upload.read(limits.IMPORT_FILE_BYTES + 1), upload.filename
        return ingest.parse(reading.read(data, name=name), name=name, language=language)
    pasted = request.form.get("text", "")
    if not pasted.strip():
        raise reading.Unreadable("Choose a file, or paste the text of the release.")
    return ingest.parse(pasted, name="The text", language=language)


def _tell(found: ingest.Found) -> None:
    """Say on the next page what was found; it travels in the session's cookie, so it is kept short."""
    parts = ", ".join(dict.fromkeys(finding.part for finding in found.found))
    flash(f"The draft is made. Found: {parts}.", "success")
    shown = found.unplaced[: limits.FINDINGS_SHOWN]
    for finding in shown:
        flash(f"{finding.part}: {finding.note}", FINDING)
    if more := len(found.unplaced) - len(shown):
        flash(f"and {more} more like these", FINDING)
    if found.left_out:
        flash(f"left out, as it is around the release: {_shortened(found.left_out)}", FINDING)


def _shortened(lines: Sequence[str]) -> str:
    whole = " · ".join(lines)
    return whole if len(whole) <= limits.LEFT_OUT_LENGTH else f"{whole[: limits.LEFT_OUT_LENGTH]} …"


def _save(session: Session, release: Release, form: ReleaseForm) -> None:
    """Save all of the form or nothing; raise BadParts, ChangedMeanwhile, ReleaseIsFixed or UnknownTopic."""
    chosen = topics.named(session, form.topics)
    written = {version.language: version for version in release.versions}
    if form.language != form.was and form.language in written:
        fault = "There is a version in this language already; edit that one."
        raise releases.BadParts({"language": fault})
    if form.was in written and form.language != form.was:
        # The language itself was wrong: without this, `edit` would add a version and keep the old one.
        written[form.was].language = form.language
        session.flush()  # `edit` reads the release anew, and would forget it
    releases.edit(session, release, form.parts(), revision=form.revision)
    if form.faults:
        raise releases.BadParts(form.faults)
    releases.choose_topics(session, release, chosen)
    acts.record(session, "release.edit", subject=f"release {release.id}", detail=form.language)


def _show_again(slug: str, form: ReleaseForm, *, faults: dict[str, str]) -> ResponseReturnValue:
    with transaction() as session:
        page = _edit_page(session, releases.named(session, slug), form, faults=faults)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _show_both(slug: str, form: ReleaseForm) -> ResponseReturnValue:
    """Show what was typed beside what somebody else saved meanwhile; saving again replaces theirs."""
    with transaction() as session:
        release = releases.named(session, slug)
        version = releases.version_for(release, form.was)
        theirs = ReleaseForm.of(release, releases.parts(version), was=version.language)
        page = _edit_page(session, release, form, theirs=theirs)
    return page, HTTPStatus.CONFLICT


def _edit_page(
    session: Session,
    release: Release,
    form: ReleaseForm,
    *,
    faults: dict[str, str] | None = None,
    theirs: ReleaseForm | None = None,
) -> str:
    return render_template(
        "staff/releases/edit.html",
        release=release,
        form=form,
        faults=faults or {},
        theirs=form.differences(theirs) if theirs else {},
        revision=theirs.revision if theirs else form.revision,
        changed=theirs is not None,
        announcement=announcements.of_release(session, release),
        topics=topics.current(session),
        limits=limits,
    )


def _import_page(*, fault: str = "", text: str = "", chosen: list[str] | None = None) -> str:
    with transaction() as session:
        return render_template(
            "staff/releases/import.html",
            fault=fault,
            text=text,
            chosen=chosen,
            topics=topics.current(session),
        )
