"""Asking for an export of the list, and fetching it once it was approved: for authors and administrators."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import stream_with_context as with_context
from flask.typing import ResponseReturnValue
from flask_security import current_user

from db.session import transaction
from mailer.lists import exporting, exports
from mailer.lists.exporting import Format
from web import guards
from web.staff import acts
from web.staff.announcements import NUMBER
from web.staff.exports import found, page

blueprint = Blueprint("export_requests", __name__)


@blueprint.post("/")
def ask() -> ResponseReturnValue:
    """Write down what the list is wanted for; nothing leaves yet."""
    kind = Format.JSONL if request.form.get("format") == Format.JSONL else Format.CSV
    now, reason = datetime.now(UTC), request.form.get("reason", "")
    try:
        with transaction() as session:
            export = exports.ask(
                session, staff_id=current_user.id, kind=kind, reason=reason, now=now
            )
            subject, detail = f"export {export.id}", f"{kind.value}: {export.reason}"
            acts.record(session, "export.ask", subject=subject, detail=detail)
    except exports.NoReason as fault:
        return page(fault=str(fault)), HTTPStatus.UNPROCESSABLE_ENTITY
    flash("Asked. Somebody else has to approve it now.", "success")
    return redirect(url_for("exports.show", export_id=export.id), HTTPStatus.SEE_OTHER)


@blueprint.post(f"/<{NUMBER}:export_id>/fetch")
@guards.recently_signed_in
def fetch(export_id: int) -> ResponseReturnValue:
    """Give the list as a file, once; the audit log has it before the first row leaves."""
    now = datetime.now(UTC)
    with transaction() as session:
        export = found(session, export_id, lock=True)
        kind = exports.fetch(export, staff_id=current_user.id, now=now)
        acts.record(session, "export.fetch", subject=f"export {export.id}", detail=kind.value)
    answer = Response(with_context(_pieces(kind)), mimetype=kind.media_type)
    name = f"subscribers-{now:%Y-%m-%d}.{kind.value}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(kind: Format) -> Iterator[str]:
    with transaction() as session:
        yield from exporting.written(session, kind)


def refused(error: exports.ExportRefused) -> tuple[str, int]:
    """Say why an export is not approved or not made."""
    return render_template("staff/exports/refused.html", sentence=str(error)), HTTPStatus.CONFLICT


blueprint.register_error_handler(exports.ExportRefused, refused)
