"""Announcements in the console: the list, the page of one, its progress as it happens, taking one back."""

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
from mailer import announcements, audience
from mailer.models.announcements import Announcement, AnnouncementState
from staff import accounts
from staff.models import RoleName
from web import reports
from web.staff import acts, conflicts, paging

blueprint = Blueprint("announcements", __name__)
conflicts.install(blueprint)

OPEN = frozenset({AnnouncementState.IN_REVIEW, AnnouncementState.APPROVED})
"""The states before anything is sent: an announcement can still be taken back."""
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
        return render_template(
            "staff/announcements/show.html",
            announcement=announcement,
            release=announcement.release,
            report=reports.of(session, announcement),
            count=audience.count(session, announcement.release_id),
            people=names_of_staff(session),
            changed=is_changed(announcement),
            is_open=announcement.state in OPEN,
            may_approve=may_approve(announcement),
            meanings=reports.MEANINGS,
            limits=limits,
        )


@blueprint.get(f"/<{NUMBER}:announcement_id>/progress.json")
def progress(announcement_id: int) -> Response:
    """Answer the counts and the sentences of the page, for its script."""
    with transaction() as session:
        return jsonify(reports.of(session, found(session, announcement_id)).as_json())


@blueprint.post(f"/<{NUMBER}:announcement_id>/cancel")
def cancel(announcement_id: int) -> ResponseReturnValue:
    """Take back an announcement that has not started."""
    note = " ".join(request.form.get("note", "").split())[: limits.REASON_LENGTH]
    with transaction() as session:
        announcement = found(session, announcement_id)
        announcements.cancel(
            session, announcement, staff_id=current_user.id, note=note, now=datetime.now(UTC)
        )
        acts.record(session, "announcement.cancel", subject=f"announcement {announcement.id}")
    flash(
        "Taken back. Nobody was mailed, and the release can be changed and proposed again.",
        "success",
    )
    return redirect(url_for(".show", announcement_id=announcement_id), 303)


def found(session: Session, announcement_id: int) -> Announcement:
    """Return the announcement, or answer 404."""
    announcement = announcements.get(session, announcement_id)
    if announcement is None:
        abort(404)
    return announcement


def is_changed(announcement: Announcement) -> bool:
    """Return whether the release is no longer what was proposed."""
    try:
        announcements.refuse_if_changed(announcement)
    except announcements.ContentChanged:
        return True
    return False


def may_approve(announcement: Announcement) -> bool:
    """Return whether the signed-in member may approve it: the role, and not their own proposal."""
    waits = announcement.state is AnnouncementState.IN_REVIEW
    second = announcement.author_id != current_user.id
    return waits and second and bool(current_user.has_role(RoleName.APPROVER.value))


def names_of_staff(session: Session) -> Mapping[int, str]:
    """Return what the console calls each staff member: the name, else the address."""
    return {member.id: member.name or member.email for member in accounts.listing(session)}
