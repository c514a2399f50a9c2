"""How fast mail may leave, in the console, for administrators: limits, who is slowed, the mail servers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import limits
from db.session import keyring, transaction
from mailer import epochs, sending_limits, slowed
from mailer.sending_limits import Limits
from web import guards, numbers, relay_rows
from web.staff import acts
from wiring import names
from wiring.core import core

blueprint = Blueprint("sending_limits", __name__)

FIELDS = ("per_second", "window_mails", "window_seconds", "connections")


@blueprint.get("/")
def show() -> str:
    """Show the limits in a form, and what slows mail down at present."""
    return _page()


@blueprint.post("/")
def write() -> ResponseReturnValue:
    """Set all limits anew; an empty field is no limit."""
    form = request.form
    try:
        given = _typed(form)
        with transaction() as session:
            sending_limits.write(session, given)
            acts.record(session, "sending.limit", subject="sending", detail=given.summary)
    except (numbers.NoNumber, sending_limits.BadLimit) as bad:
        return _page(fault=str(bad), entry=form), HTTPStatus.UNPROCESSABLE_ENTITY
    for _ in range(limits.BELLS):
        core().bell.ring(names.SEND_BULK)
    flash(f"Saved. From now on: {given.summary}.", "success")
    return redirect(url_for(".show"), 303)


@blueprint.post("/trust-database")
@guards.recently_signed_in
def trust_database() -> ResponseReturnValue:
    """Send again from a database restored from a backup, where somebody ticked that it is the only one."""
    if "only-one" not in request.form:
        flash("Tick that this is the only database that sends to these readers.", "error")
        return redirect(url_for(".show"), 303)
    with transaction() as session:
        epochs.trust(session, folder=core().settings.state_dir, now=datetime.now(UTC))
        acts.record(session, "database.trust", subject="database")
    flash("Mail leaves again. What was paused or held waits for you: look at each.", "success")
    return redirect(url_for(".show"), 303)


def _typed(form: Mapping[str, str]) -> Limits:
    mails, seconds, connections = (numbers.whole(form.get(name, "")) for name in FIELDS[1:])
    return Limits(numbers.decimal(form.get("per_second", "")), mails, seconds, connections)


def _page(*, fault: str = "", entry: Mapping[str, str] | None = None) -> str:
    with transaction() as session:
        given = sending_limits.read(session)
        stands = {name: getattr(given, name) for name in FIELDS}
        return render_template(
            "staff/sending.html",
            entry=entry
            or {name: "" if value is None else f"{value:g}" for name, value in stands.items()},
            slowed=slowed.read(session, keyring(), now=datetime.now(UTC)),
            relays=relay_rows.of(session),
            restored=epochs.is_restored(session),
            fault=fault,
            limits=limits,
        )
