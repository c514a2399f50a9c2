"""The first page of the console: what waits for the person who is signed in, and how the list stands."""

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask_security import current_user
from sqlalchemy.orm import Session

from db.session import transaction
from mailer import relays, releases, subscribers, topics
from payments import task_lists
from staff.models import RoleName
from web import reports
from web.staff import desk, money_access

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
            tasks=_tasks(session),
            counts=subscribers.counts(session),
            relay=reports.relay_away(away) if away else "",
            releases=releases.total(session, public_only=False),
            topics=len(topics.offered(session)),
        )


def _tasks(session: Session) -> task_lists.Counts | None:
    """Count the tasks about money for whoever looks after it; None where none wait for them."""
    if not money_access.is_keeper():
        return None
    found = task_lists.counts(session, now=datetime.now(UTC))
    return found if found.waiting else None
