"""Exports of the list in the console, for all who may ask or approve: the wishes, and where each stands."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, render_template, request
from flask_security import current_user
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer.lists import exports
from mailer.lists.exporting import Format
from mailer.models.transfers import ExportRequest
from staff.models import RoleName
from web.staff import paging
from web.staff.announcements import NUMBER, names_of_staff

blueprint = Blueprint("exports", __name__)

MEANINGS: Mapping[exports.State, str] = {
    exports.State.WAITING: "A second person has to approve it.",
    exports.State.APPROVED: "It can be fetched once, within an hour of the approval.",
    exports.State.FETCHED: "It was fetched. It is made once.",
    exports.State.EXPIRED: "It was not approved or not fetched in time.",
}
"""What each state means to whoever looks at it."""


@blueprint.get("/")
def listing() -> str:
    """Show the wishes for an export, newest first, and a form for one more."""
    return page()


@blueprint.get(f"/<{NUMBER}:export_id>")
def show(export_id: int) -> str:
    """Show one wish, and what this person can do about it."""
    now = datetime.now(UTC)
    with transaction() as session:
        export = found(session, export_id)
        state = exports.state(export, now=now)
        mine = export.asked_by == current_user.id
        return render_template(
            "staff/exports/show.html",
            export=export,
            state=state,
            meaning=MEANINGS[state],
            mine=mine,
            may_approve=state is exports.State.WAITING and not mine and _may_approve(),
            may_fetch=state is exports.State.APPROVED and mine,
            people=names_of_staff(session),
        )


def page(*, fault: str = "") -> str:
    """Return the list of wishes, with what is wrong in the form."""
    now = datetime.now(UTC)
    with transaction() as session:
        pages = paging.page(request.args.get("page"), total=exports.total(session))
        rows = exports.every(session, limit=pages.limit, offset=pages.offset)
        return render_template(
            "staff/exports/list.html",
            rows=[(export, exports.state(export, now=now)) for export in rows],
            page=pages,
            people=names_of_staff(session),
            may_ask=_may_ask(),
            formats=list(Format),
            fault=fault,
            limits=limits,
        )


def found(session: Session, export_id: int, *, lock: bool = False) -> ExportRequest:
    """Return the wish, or answer 404."""
    export = exports.get(session, export_id, lock=lock)
    if export is None:
        abort(404)
    return export


def _may_ask() -> bool:
    return any(current_user.has_role(role.value) for role in (RoleName.AUTHOR, RoleName.ADMIN))


def _may_approve() -> bool:
    return any(current_user.has_role(role.value) for role in (RoleName.APPROVER, RoleName.ADMIN))
