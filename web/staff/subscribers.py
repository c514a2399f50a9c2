"""Subscribers in the console: how many there are, by state, topic and week. Never who."""

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask_security import current_user

from config import limits
from db.session import transaction
from mailer import figures, topics
from staff.models import RoleName

blueprint = Blueprint("subscribers", __name__)


@blueprint.get("/")
def show() -> str:
    """Show the counts, and for administrators the form that finds one person."""
    with transaction() as session:
        weeks = figures.by_week(session, now=datetime.now(UTC), weeks=limits.WEEKS_SHOWN)
        return render_template(
            "staff/subscribers/counts.html",
            states=figures.by_state(session),
            topics=topics.every(session),
            readers=figures.by_topic(session),
            weeks=weeks,
            most=max([1, *(max(week.joined, week.left) for week in weeks)]),
            may_find=current_user.has_role(RoleName.ADMIN.value),
        )
