"""Approvals in the console, for approvers: a page that says what will happen, and the press that does it."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from db.session import transaction
from mailer import announcements, audience, lifecycle
from mailer.models.announcements import Announcement
from web import guards
from web.staff import acts, conflicts
from web.staff.announcements import NUMBER, found, names_of_staff
from wiring import names
from wiring.core import core

blueprint = Blueprint("approvals", __name__)
conflicts.install(blueprint)


@blueprint.get(f"/<{NUMBER}:announcement_id>/approve")
@guards.recently_signed_in
def ask(announcement_id: int) -> str:
    """Ask once more, naming the headline, the topics and how many people will get it."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        _refuse_in_advance(announcement)
        return render_template(
            "staff/announcements/approve.html",
            announcement=announcement,
            release=announcement.release,
            count=audience.count(session, announcement.release_id),
            people=names_of_staff(session),
        )


@blueprint.post(f"/<{NUMBER}:announcement_id>/approve")
@guards.recently_signed_in
def approve(announcement_id: int) -> ResponseReturnValue:
    """Approve and start in one transaction, then wake the worker that writes the audience down."""
    now = datetime.now(UTC)
    with transaction() as session:
        announcement = found(session, announcement_id)
        announcements.approve(session, announcement, approver_id=current_user.id, now=now)
        announcements.start(session, announcement, staff_id=current_user.id, now=now)
        acts.record(
            session,
            "announcement.approve",
            subject=f"announcement {announcement.id}",
            detail=f"release {announcement.release_id}",
        )
    core().bell.ring(names.FREEZE, announcement_id)
    flash("Approved. It is on its way.", "success")
    return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)


def _refuse_in_advance(announcement: Announcement) -> None:
    """Say now what the press would be refused for; the press itself asks again, under the row's lock."""
    lifecycle.after(announcement.state, lifecycle.Event.APPROVE)
    if announcement.author_id == current_user.id:
        raise announcements.SamePerson(
            "You proposed this announcement; somebody else must approve it."
        )
    announcements.refuse_if_changed(announcement)
