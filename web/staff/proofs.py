"""One subscriber in the console, for administrators: found by the whole address, shown without it.

Each look is written into the audit chain, with the subscriber's number; so are ending and erasing.
"""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import addresses, erasure, proofs, subscribers
from mailer.models.subscribers import Subscriber
from web import guards
from web.staff import acts
from web.staff.announcements import NUMBER
from wiring import names
from wiring.core import core

blueprint = Blueprint("proofs", __name__)

_SOURCE: Final = "console"


@blueprint.get("/find")
@guards.recently_signed_in
def find_form() -> str:
    """Show the form that takes a whole address."""
    return _find_page()


@blueprint.post("/find")
@guards.recently_signed_in
def find() -> ResponseReturnValue:
    """Find a subscriber by the whole address; what is left of others is said as well."""
    try:
        address = addresses.normalise(request.form.get("address", ""))
    except addresses.BadAddress as bad:
        return _find_page(fault=str(bad)), 422
    with transaction() as session:
        held = proofs.of_address(session, address)
    if held["subscriber"] is None:
        return _find_page(nobody=True, suppression=held["suppression"])
    return redirect(url_for(".show", subscriber_id=held["subscriber"]["number"]), 303)


@blueprint.get(f"/<{NUMBER}:subscriber_id>")
@guards.recently_signed_in
def show(subscriber_id: int) -> str:
    """Show state, topics, language, dates and the chain of consent, with the words that were shown."""
    with transaction() as session:
        row = _found(session, subscriber_id)
        acts.record(session, "subscriber.show", subject=f"subscriber {row.id}")
        held = proofs.of(session, row)
    return render_template("staff/subscribers/proof.html", held=held, reasons=proofs.REASONS)


@blueprint.post(f"/<{NUMBER}:subscriber_id>/end")
@guards.recently_signed_in
def end(subscriber_id: int) -> ResponseReturnValue:
    """End a subscription with a reason of the list."""
    reason = request.form.get("reason", "")
    if reason not in proofs.REASONS:
        abort(422)
    with transaction() as session:
        row = _found(session, subscriber_id)
        subscribers.end(session, row, reason=reason, source=_SOURCE, now=datetime.now(UTC))
        acts.record(session, "subscriber.end", subject=f"subscriber {row.id}", detail=reason)
    flash("Ended. They are mailed nothing from now on, also of what is on its way.", "success")
    return redirect(url_for(".show", subscriber_id=subscriber_id), 303)


@blueprint.post(f"/<{NUMBER}:subscriber_id>/erase")
@guards.recently_signed_in
def erase(subscriber_id: int) -> ResponseReturnValue:
    """Erase a subscriber, where that was ticked; only the suppression remains."""
    if not request.form.get("sure"):
        flash("Nothing was erased: tick the box first.", "error")
        return redirect(url_for(".show", subscriber_id=subscriber_id), 303)
    with transaction() as session:
        row = _found(session, subscriber_id)
        now, version = datetime.now(UTC), row.token_version
        erasure.erase(session, row.id, version, source=_SOURCE, now=now)
        acts.record(session, "subscriber.erase", subject=f"subscriber {subscriber_id}")
    core().bell.ring(names.SEND_TX)
    flash(
        f"Subscriber {subscriber_id} is erased, and is told so by a last mail. "
        "The suppression remains: a hash that names nobody.",
        "success",
    )
    return redirect(url_for("subscribers.show"), 303)


def _found(session: Session, subscriber_id: int) -> Subscriber:
    """Return the subscriber, or answer 404; of whom all was erased, nothing is shown."""
    row = proofs.get(session, subscriber_id)
    if row is None:
        abort(404)
    return row


def _find_page(
    *, fault: str = "", nobody: bool = False, suppression: dict[str, str] | None = None
) -> str:
    return render_template(
        "staff/subscribers/find.html",
        fault=fault,
        nobody=nobody,
        suppression=suppression,
        limits=limits,
    )
