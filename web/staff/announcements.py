"""Announcements in the console: the list, the page of one, its progress as it happens, and stopping one."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import announcements, audience, control, reach, releases
from mailer.models.announcements import Announcement, AnnouncementState
from staff import accounts
from web import hours, relay_rows, reports
from web.staff import acts, conflicts, language_names, paging, rests, steps
from web.staff.proposals import LEFT_OUT
from wiring import names
from wiring.core import core

blueprint = Blueprint("announcements", __name__)
conflicts.install(blueprint)
blueprint.add_app_template_filter(language_names.of, "english_name")

BEFORE = frozenset(
    {
        AnnouncementState.IN_REVIEW,
        AnnouncementState.APPROVED,
        AnnouncementState.SCHEDULED,
        AnnouncementState.HELD,
    }
)
"""The states before anything is sent: nobody has their mail yet."""
NUMBER = "int(max=9223372036854775807)"
"""The ids that the database can hold: a longer one is no address of ours."""


@blueprint.get("/")
def listing() -> str:
    """Show the announcements, newest first, page by page."""
    with transaction() as session:
        total = session.scalar(select(func.count()).select_from(Announcement)) or 0
        page = paging.page(request.args.get("page"), total=total)
        rows = announcements.every(session, limit=page.limit, offset=page.offset)
        people = names_of_staff(session)
        return render_template("staff/announcements/list.html", rows=rows, page=page, people=people)


@blueprint.get(f"/<{NUMBER}:announcement_id>")
def show(announcement_id: int) -> str:
    """Show where an announcement stands, who did what, what it says, and how far it is."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        before = announcement.state in BEFORE
        rule = audience.rule_of(announcement)
        count = audience.counted if "count" in request.args else reach.at_a_glance
        return render_template(
            "staff/announcements/show.html",
            announcement=announcement,
            release=announcement.release,
            report=reports.of(session, announcement),
            count=count(session, rule) if before else None,
            rest=rests.of(session, announcement),
            left_out=LEFT_OUT,
            people=names_of_staff(session),
            changed=steps.is_changed(announcement),
            before=before,
            is_public=releases.is_public(announcement.release, now=datetime.now(UTC)),
            steps=steps.of(announcement),
            may_go_on=reports.stopped_by_refusals(announcement),
            relays=relay_rows.of(session),
            said=hours.said,
            meanings=reports.MEANINGS,
            limits=limits,
        )


@blueprint.get(f"/<{NUMBER}:announcement_id>/progress.json")
def progress(announcement_id: int) -> Response:
    """Answer the counts and the sentences of the page, for its script."""
    with transaction() as session:
        return jsonify(reports.of(session, found(session, announcement_id)).as_json())


@blueprint.post(f"/<{NUMBER}:announcement_id>/pause")
def pause(announcement_id: int) -> ResponseReturnValue:
    """Stop an announcement that is on its way; it can be resumed."""
    note = typed_note()
    with transaction() as session:
        announcement = found(session, announcement_id)
        control.pause(
            session, announcement, staff_id=current_user.id, note=note, now=datetime.now(UTC)
        )
        acts.record(session, "announcement.pause", subject=f"announcement {announcement.id}")
    flash("Paused. Within a second or two nothing more leaves, and nobody is forgotten.", "success")
    return redirect(url_for(".show", announcement_id=announcement_id), 303)


@blueprint.post(f"/<{NUMBER}:announcement_id>/cancel")
def cancel(announcement_id: int) -> ResponseReturnValue:
    """Take back an announcement, or end it where it is."""
    note = typed_note()
    with transaction() as session:
        announcement = found(session, announcement_id)
        control.cancel(
            session, announcement, staff_id=current_user.id, note=note, now=datetime.now(UTC)
        )
        acts.record(session, "announcement.cancel", subject=f"announcement {announcement.id}")
        begun = announcement.started_at is not None
    core().bell.ring(names.SWEEP)
    flash(
        "Cancelled. Nobody else is mailed; whoever has their mail keeps it."
        if begun
        else "Taken back. Nobody was mailed, and the release can be changed and proposed again.",
        "success",
    )
    return redirect(url_for(".show", announcement_id=announcement_id), 303)


def found(session: Session, announcement_id: int) -> Announcement:
    """Return the announcement, or answer 404."""
    announcement = announcements.get(session, announcement_id)
    if announcement is None:
        abort(404)
    return announcement


def typed_note() -> str:
    """Return the note of the posted form, one line."""
    return " ".join(request.form.get("note", "").split())[: limits.REASON_LENGTH]


def names_of_staff(session: Session) -> Mapping[int, str]:
    """Return what the console calls each staff member: the name, else the address."""
    return {member.id: member.name or member.email for member in accounts.listing(session)}
