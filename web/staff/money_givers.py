"""Erasing in the console who gave by cheque or transfer, and has no mail address for a page of their own."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from db.session import transaction
from payments import erasing_givers, offline, receipt_copies
from payments.models.giving import Donation
from web import guards
from web.staff import acts
from wiring.core import core

blueprint = Blueprint("money_givers", __name__)


@blueprint.get("/<reference>/erase-giver")
@guards.recently_signed_in
def ask(reference: str) -> str:
    """Say what goes and what stays, and ask once more."""
    with transaction() as session:
        gift = _without_donor(session, reference)
        return render_template(
            "staff/money/giver_erase.html",
            gift=gift,
            is_erased=erasing_givers.is_erased(session, gift),
            kept_until=receipt_copies.last_year(
                session,
                gift,
                keep_years=core().settings.receipt_keep_years,
                now=datetime.now(UTC),
            ),
        )


@blueprint.post("/<reference>/erase-giver")
@guards.recently_signed_in
def erase(reference: str) -> ResponseReturnValue:
    """Erase the giver of this gift; the same press twice is done once, and both are in the audit log."""
    with transaction() as session:
        gift = _without_donor(session, reference)
        acts.record(session, "donation.erase-giver", subject=f"donation {gift.id}")
        erasing_givers.erase(
            session,
            gift.id,
            staff_id=current_user.id,
            keep_years=core().settings.receipt_keep_years,
            now=datetime.now(UTC),
        )
    flash("Erased. The gift stays in the books, and names nobody.", "success")
    return redirect(url_for("money_gifts.show", reference=reference), HTTPStatus.SEE_OTHER)


def _without_donor(session: Session, reference: str) -> Donation:
    """Return the offline gift of a reference; a donor is erased with all that they gave, and not here."""
    try:
        gift = offline.named(session, reference)
    except offline.UnknownGift:
        abort(HTTPStatus.NOT_FOUND)
    if gift.donor_id is not None:
        abort(HTTPStatus.NOT_FOUND)
    return gift
