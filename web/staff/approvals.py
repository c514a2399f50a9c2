"""Approvals in the console, for approvers: a page that says what will happen, and the press that does it."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import approvals, attachments, audience, lifecycle, releases, schedules
from mailer.models.announcements import Announcement
from web import guards, hours
from web.staff import acts, conflicts
from web.staff.announcements import NUMBER, found, names_of_staff
from web.staff.proposals import LEFT_OUT
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
        return question(session, announcement)


@blueprint.post(f"/<{NUMBER}:announcement_id>/approve")
@guards.recently_signed_in
def approve(announcement_id: int) -> ResponseReturnValue:
    """Approve, and where that button was pressed start in the same transaction."""
    starts = request.form.get("then") == "start"
    try:
        with transaction() as session:
            _approve(session, found(session, announcement_id), starts=starts)
    except (approvals.VersionNotRead, audience.NobodyToMail, schedules.UnderEmbargo) as refused:
        with transaction() as session:
            page = question(session, found(session, announcement_id), fault=str(refused))
        return page, HTTPStatus.CONFLICT
    if starts:
        core().bell.ring(names.FREEZE, announcement_id)
    flash(
        "Approved. It is on its way." if starts else "Approved. Start it, or say when it starts.",
        "success",
    )
    return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)


def question(
    session: Session,
    announcement: Announcement,
    *,
    alone: bool = False,
    fault: str = "",
    reason: str = "",
) -> str:
    """Return the page that asks for an approval; `alone` where the author asks themselves."""
    until = announcement.release.embargo_until
    embargoed = until is not None and until > datetime.now(UTC)
    return render_template(
        "staff/announcements/approve.html",
        announcement=announcement,
        release=announcement.release,
        count=audience.counted(session, audience.rule_of(announcement)),
        left_out=LEFT_OUT,
        told=[(each, attachments.told(session, each)) for each in announcement.release.attachments],
        people=names_of_staff(session),
        said=hours.said,
        embargoed=embargoed,
        is_public=releases.is_public(announcement.release, now=datetime.now(UTC)),
        read=request.form.getlist("read"),
        alone=alone,
        fault=fault,
        reason=reason,
        limits=limits,
    )


def _approve(session: Session, announcement: Announcement, *, starts: bool) -> None:
    now, who = datetime.now(UTC), current_user.id
    read = request.form.getlist("read")
    approvals.approve(session, announcement, approver_id=who, now=now, read=read)
    subject, detail = f"announcement {announcement.id}", f"release {announcement.release_id}"
    acts.record(session, "announcement.approve", subject=subject, detail=detail)
    if starts:
        schedules.start(session, announcement, staff_id=who, now=now)
        acts.record(session, "announcement.start", subject=subject)


def _refuse_in_advance(announcement: Announcement) -> None:
    """Say now what the press would be refused for; the press itself asks again, under the row's lock."""
    lifecycle.after(announcement.state, lifecycle.Event.APPROVE)
    if announcement.author_id == current_user.id:
        raise approvals.SamePerson("You proposed this announcement; somebody else must approve it.")
    approvals.refuse_if_changed(announcement)
