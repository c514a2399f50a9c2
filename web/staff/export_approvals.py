"""Approving an export of the list: a page that says what leaves and for whom, and the press that lets it."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from db.session import transaction
from mailer import subscribers
from mailer.lists import exports
from mailer.models.subscribers import SubscriberState
from web import guards
from web.staff import acts
from web.staff.announcements import NUMBER, names_of_staff
from web.staff.export_requests import refused
from web.staff.exports import found

blueprint = Blueprint("export_approvals", __name__)
blueprint.register_error_handler(exports.ExportRefused, refused)


@blueprint.get(f"/<{NUMBER}:export_id>/approve")
@guards.recently_signed_in
def question(export_id: int) -> str:
    """Ask once more, naming who wants the list, what for, and how many people it names."""
    with transaction() as session:
        export = found(session, export_id)
        exports.refuse_approval(export, staff_id=current_user.id, now=datetime.now(UTC))
        return render_template(
            "staff/exports/approve.html",
            export=export,
            count=subscribers.counts(session)[SubscriberState.CONFIRMED],
            people=names_of_staff(session),
        )


@blueprint.post(f"/<{NUMBER}:export_id>/approve")
@guards.recently_signed_in
def approve(export_id: int) -> ResponseReturnValue:
    """Approve somebody else's wish: they have an hour to fetch the list once."""
    now = datetime.now(UTC)
    with transaction() as session:
        export = found(session, export_id, lock=True)
        exports.approve(export, staff_id=current_user.id, now=now)
        acts.record(session, "export.approve", subject=f"export {export.id}", detail=export.reason)
    flash("Approved. It can be fetched once, within the hour.", "success")
    return redirect(url_for("exports.show", export_id=export_id), HTTPStatus.SEE_OTHER)
