"""Starting in the console: at once, or by itself at an hour that is said in a time zone."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import approvals, audience, lifecycle, schedules, zones
from mailer.lifecycle import Event
from mailer.models.announcements import Announcement
from web import guards, hours, reports
from web.staff import acts, conflicts
from web.staff.announcements import NUMBER, found, names_of_staff
from web.staff.proposals import LEFT_OUT
from wiring import names
from wiring.core import core

blueprint = Blueprint("schedules", __name__)
conflicts.install(blueprint)


@blueprint.get(f"/<{NUMBER}:announcement_id>/start")
@guards.recently_signed_in
def ask(announcement_id: int) -> str:
    """Ask once more: whom it reaches, why it was held where it was, and when it is to start."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        lifecycle.after(announcement.state, Event.START)
        approvals.refuse_if_changed(announcement)
        return _question(session, announcement)


@blueprint.post(f"/<{NUMBER}:announcement_id>/start")
@guards.recently_signed_in
def start(announcement_id: int) -> ResponseReturnValue:
    """Start now, and wake the worker that writes the audience down."""
    try:
        with transaction() as session:
            announcement = found(session, announcement_id)
            now = datetime.now(UTC)
            schedules.start(session, announcement, staff_id=current_user.id, now=now)
            acts.record(session, "announcement.start", subject=f"announcement {announcement.id}")
    except (audience.NobodyToMail, schedules.UnderEmbargo) as refused:
        return _again(announcement_id, str(refused)), HTTPStatus.CONFLICT
    core().bell.ring(names.FREEZE, announcement_id)
    flash("Started. It is on its way.", "success")
    return _to_its_page(announcement_id)


@blueprint.post(f"/<{NUMBER}:announcement_id>/schedule")
@guards.recently_signed_in
def schedule(announcement_id: int) -> ResponseReturnValue:
    """Have it start by itself at the hour that was typed, in the zone that was chosen."""
    zone = request.form.get("zone", "").strip() or hours.home()
    try:
        at = hours.instant(request.form.get("at", ""), zone)
        with transaction() as session:
            announcement = found(session, announcement_id)
            schedules.schedule(
                session,
                announcement,
                start_at=at,
                zone=zone,
                staff_id=current_user.id,
                now=datetime.now(UTC),
            )
            subject = f"announcement {announcement.id}"
            acts.record(session, "announcement.schedule", subject=subject, detail=at.isoformat())
    except (zones.BadTime, schedules.BadSchedule, schedules.UnderEmbargo) as refused:
        return _again(announcement_id, str(refused)), HTTPStatus.CONFLICT
    flash(f"Scheduled: it starts by itself on {hours.said(at, zone)}.", "success")
    return _to_its_page(announcement_id)


@blueprint.post(f"/<{NUMBER}:announcement_id>/unschedule")
def unschedule(announcement_id: int) -> ResponseReturnValue:
    """Take its hour back; it stays approved."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        now = datetime.now(UTC)
        schedules.unschedule(session, announcement, staff_id=current_user.id, now=now)
        acts.record(session, "announcement.unschedule", subject=f"announcement {announcement.id}")
    flash("It no longer starts by itself. It stays approved.", "success")
    return _to_its_page(announcement_id)


def _again(announcement_id: int, fault: str) -> str:
    with transaction() as session:
        announcement = found(session, announcement_id)
        # It may have been overtaken meanwhile: then that is what there is to say.
        lifecycle.after(announcement.state, Event.START)
        return _question(session, announcement, fault=fault)


def _question(session: Session, announcement: Announcement, *, fault: str = "") -> str:
    typed, zone = _usual_hour(announcement)
    until = announcement.release.embargo_until
    return render_template(
        "staff/announcements/start.html",
        announcement=announcement,
        release=announcement.release,
        report=reports.of(session, announcement),
        count=audience.counted(session, audience.rule_of(announcement)),
        left_out=LEFT_OUT,
        people=names_of_staff(session),
        embargoed=until is not None and until > datetime.now(UTC),
        said=hours.said,
        at=request.form.get("at", typed),
        zone=request.form.get("zone", zone),
        zones=hours.choices(),
        fault=fault,
    )


def _usual_hour(announcement: Announcement) -> tuple[str, str]:
    """Return what the form begins with: its hour as it stands, else when the embargo lifts."""
    release, now = announcement.release, datetime.now(UTC)
    hour = (announcement.start_at, announcement.zone)
    for at, zone in (hour, (release.embargo_until, release.embargo_zone)):
        if at is not None and at > now:
            return hours.typed(at, zone), zones.known(zone)
    return "", hours.home()


def _to_its_page(announcement_id: int) -> ResponseReturnValue:
    return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)
