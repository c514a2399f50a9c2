"""Control in the console, for those who may send: let a paused announcement go on, and set its rate."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from config import limits
from db.session import transaction
from mailer import control, sending_limits
from web import guards, numbers, reports
from web.staff import acts, conflicts
from web.staff.announcements import NUMBER, found
from wiring import names
from wiring.core import core

blueprint = Blueprint("control", __name__)
conflicts.install(blueprint)


@blueprint.post(f"/<{NUMBER}:announcement_id>/resume")
@guards.recently_signed_in
def resume(announcement_id: int) -> ResponseReturnValue:
    """Go on where it stopped; in spite of refusals only where these stopped it and that was ticked."""
    with transaction() as session:
        announcement = found(session, announcement_id)
        goes_on = "goes-on" in request.form and reports.stopped_by_refusals(announcement)
        now, who = datetime.now(UTC), current_user.id
        control.resume(session, announcement, staff_id=who, now=now, goes_on=goes_on)
        subject, detail = f"announcement {announcement.id}", "goes on" if goes_on else ""
        acts.record(session, "announcement.resume", subject=subject, detail=detail)
    core().bell.ring(names.FREEZE, announcement_id)
    flash("Resumed. It goes on where it stopped.", "success")
    return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)


@blueprint.post(f"/<{NUMBER}:announcement_id>/rate")
def set_rate(announcement_id: int) -> ResponseReturnValue:
    """Set how many mails of it leave a second at most; an empty field is no limit."""
    try:
        rate = numbers.decimal(request.form.get("rate", ""))
        sending_limits.check_rate(rate)
    except (numbers.NoNumber, sending_limits.BadLimit) as bad:
        flash(str(bad), "error")
        return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)
    with transaction() as session:
        announcement = found(session, announcement_id)
        now, who = datetime.now(UTC), current_user.id
        control.set_rate(session, announcement, rate=rate, staff_id=who, now=now)
        subject, detail = (
            f"announcement {announcement.id}",
            f"{rate:g} a second" if rate else "none",
        )
        acts.record(session, "announcement.rate", subject=subject, detail=detail)
    for _ in range(limits.BELLS):
        core().bell.ring(names.SEND_BULK)
    flash(f"At most {detail}." if rate else "As fast as the mail server takes them.", "success")
    return redirect(url_for("announcements.show", announcement_id=announcement_id), 303)
