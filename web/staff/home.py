"""The first page of the console: what waits for the person who is signed in, and how the list stands."""

from flask import Blueprint, render_template
from flask_security import current_user

from db.session import transaction
from mailer import relays, releases, subscribers, topics
from staff.models import RoleName
from web import reports
from web.staff import desk

blueprint = Blueprint("home", __name__)


@blueprint.get("/", strict_slashes=False)
def show() -> str:
    """Show the console's first page."""
    with transaction() as session:
        away = relays.away(session)
        return render_template(
            "staff/home.html",
            desk=desk.of(
                session,
                staff_id=current_user.id,
                approver=bool(current_user.has_role(RoleName.APPROVER.value)),
            ),
            counts=subscribers.counts(session),
            relay=reports.relay_away(away) if away else "",
            releases=releases.total(session, public_only=False),
            topics=len(topics.offered(session)),
        )
