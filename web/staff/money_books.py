"""The books in the console, for finance and administrators: do they equal Stripe's, and what waits."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import limits
from db.session import transaction
from payments import event_reports, events, kept_books, reconciling
from payments.models.events import EventState
from web.staff import acts
from wiring import names
from wiring.core import core

blueprint = Blueprint("money_books", __name__)


@blueprint.get("/")
def show() -> str:
    """Show the last comparison with Stripe's books, and the events that wait or were given up."""
    return _page()


@blueprint.post("/replay")
def replay() -> ResponseReturnValue:
    """Have an event applied once more; what was applied before stays as it is."""
    event_id = request.form.get("event", "")[: limits.EVENT_WORD_LENGTH]
    try:
        with transaction() as session:
            events.replay(session, event_id, datetime.now(UTC))
            acts.record(session, "stripe.replay", subject=f"stripe event {event_id}")
    except (events.UnknownEvent, events.NotApplied) as refused:
        return _page(fault=str(refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    core().bell.ring(names.APPLY_EVENTS)
    flash("It is applied once more, within seconds. Its task is settled by itself then.", "success")
    return redirect(url_for(".show"), HTTPStatus.SEE_OTHER)


def _page(*, fault: str = "") -> str:
    now = datetime.now(UTC)
    with transaction() as session:
        last = reconciling.last(session)
        return render_template(
            "staff/money/books.html",
            books=kept_books.read(last) if last else None,
            health=event_reports.health(session, now=now),
            dead=event_reports.newest(session, state=EventState.DEAD, limit=limits.EVENTS_SHOWN),
            connected=core().stripe is not None,
            fault=fault,
        )
