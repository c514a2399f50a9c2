"""Breaking the glass: where nobody else can, an author approves alone; staff are told why."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from config import limits
from config.logging import redact
from db.session import transaction
from mailer import approvals, lifecycle
from mailer.announcements import AnnouncementRefused
from mailer.models.announcements import Announcement
from web import guards
from web.staff import acts, conflicts
from web.staff.announcements import NUMBER, found
from web.staff.approvals import question

blueprint = Blueprint("break_glass", __name__)
conflicts.install(blueprint)


class NotTheAuthor(AnnouncementRefused):
    """Somebody else proposed it, so it is approved as usual."""


@blueprint.get(f"/<{NUMBER}:announcement_id>/break-glass")
@guards.recently_signed_in
def ask(announcement_id: int) -> str:
    """Warn of what it means, and ask for the reason."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        lifecycle.after(announcement.state, lifecycle.Event.APPROVE)
        _refuse_others(announcement)
        approvals.refuse_if_changed(announcement)
        return question(session, announcement, alone=True)


@blueprint.post(f"/<{NUMBER}:announcement_id>/break-glass")
@guards.recently_signed_in
def approve(announcement_id: int) -> ResponseReturnValue:
    """Approve alone; the reason is kept for good, and staff are told by mail."""
    reason = request.form.get("reason", "")[: limits.REASON_LENGTH]
    try:
        with transaction() as session:
            announcement = found(session, announcement_id)
            _refuse_others(announcement)
            approvals.approve(
                session,
                announcement,
                approver_id=current_user.id,
                now=datetime.now(UTC),
                read=request.form.getlist("read"),
                break_glass=reason,
            )
            # The chain is kept for ever, and holds no address.
            detail = redact(announcement.break_glass_reason or "")
            subject = f"announcement {announcement.id}"
            acts.record(session, "announcement.break-glass", subject=subject, detail=detail)
    except (approvals.SamePerson, approvals.VersionNotRead) as refused:
        with transaction() as session:
            announcement = found(session, announcement_id)
            page = question(session, announcement, alone=True, fault=str(refused), reason=reason)
        return page, HTTPStatus.CONFLICT
    flash("Approved by you alone. The other approvers and administrators are told.", "success")
    return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)


def _refuse_others(announcement: Announcement) -> None:
    if announcement.author_id != current_user.id:
        raise NotTheAuthor("Somebody else proposed it: a second person approves it as usual.")
