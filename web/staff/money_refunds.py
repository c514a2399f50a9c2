"""Giving a gift back in the console: a form with what is left, a page that asks once more, and the press."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from config import limits
from config.logging import redact
from db.session import transaction
from payments import amounts, findings, gateway, refundable, refunding
from payments.models.giving import Donation
from payments.refundable import Left
from web import guards
from web.staff import acts
from web.staff.money_gifts import found
from wiring import names
from wiring.core import core

blueprint = Blueprint("money_refunds", __name__)

NO_STRIPE: Final = "Stripe is not connected here: set STRIPE_API_KEY, or do it in its dashboard."


class BadForm(ValueError):
    """What was typed is no refund; the sentence says what to mend."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asks to give back, of which payment as they saw it, and why."""

    left: Left
    #: In minor units of the payment's currency.
    amount: int
    reason: str


@blueprint.get("/<reference>/refund")
@guards.recently_signed_in
def ask(reference: str) -> ResponseReturnValue:
    """Show what is left of each payment, and the form."""
    return _form(reference)


@blueprint.post("/<reference>/refund")
@guards.recently_signed_in
def give_back(reference: str) -> ResponseReturnValue:
    """Ask once more, and where that was confirmed give back; the same press twice is one refund."""
    try:
        with transaction() as session:
            gift = found(session, reference)
            wish = _typed(session, gift)
            if "confirmed" not in request.form:
                return render_template("staff/money/refund_confirm.html", gift=gift, wish=wish)
            refund_id = _asked(session, gift, wish)
    except BadForm as bad:
        return _form(reference, fault=str(bad), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except refunding.Refused as refused:
        return _form(reference, fault=str(refused), status=HTTPStatus.CONFLICT)
    flash(*_sent(refund_id))
    return redirect(url_for("money_gifts.show", reference=reference), HTTPStatus.SEE_OTHER)


def _typed(session: Session, gift: Donation) -> Wish:
    """Read the form; raise BadForm, or payments.refunding.Refused where nothing can be given back."""
    form, every = request.form, refundable.of_gift(session, gift)
    chosen = next((each for each in every if str(each.payment.id) == form.get("payment", "")), None)
    if chosen is None:
        raise BadForm("Choose the payment that is to be given back.")
    if core().stripe is None:
        raise refunding.Refused(NO_STRIPE)
    reason = " ".join(form.get("reason", "").split())
    if not reason or len(reason) > limits.REFUND_REASON_LENGTH:
        raise BadForm(
            f"Say why, in at most {limits.REFUND_REASON_LENGTH} characters: the log keeps it."
        )
    wish = Wish(chosen, _amount(form.get("amount", ""), chosen), reason)
    if "confirmed" in form and form.get("after", "") != str(chosen.newest):
        raise refunding.Overtaken
    refunding.check(chosen, wish.amount, chosen.newest)
    return wish


def _amount(text: str, left: Left) -> int:
    try:
        return amounts.parse(text, left.payment.currency, "en")
    except amounts.BadAmount as bad:
        raise BadForm(str(bad)) from None


def _asked(session: Session, gift: Donation, wish: Wish) -> int:
    """Write the refund down with its reason, in one transaction; return its number."""
    payment = wish.left.payment
    row = refunding.ask(
        session,
        gift.id,
        wish.amount,
        payment_id=payment.id,
        after=wish.left.newest,
        staff_id=current_user.id,
        now=datetime.now(UTC),
    )
    said = findings.money(wish.amount, payment.currency)
    # The chain is kept for ever, and holds no address.
    detail = redact(f"{said} of {payment.payment_intent_id}: {wish.reason}")
    acts.record(session, "donation.refund", subject=f"donation {gift.id}", detail=detail)
    return row.id


def _sent(refund_id: int) -> tuple[str, str]:
    """Have Stripe give it back; return what to say, and of which kind that is."""
    stripe = core().stripe
    if stripe is None:
        return NO_STRIPE, "error"
    try:
        row = refunding.send(stripe, transaction, refund_id, now=datetime.now(UTC))
    except gateway.TemporaryFailure:
        return (
            "Stripe gave no sure answer. It is asked again by itself within minutes, and gives nothing back "
            "twice: leave it alone, and look here again."
        ), "error"
    except gateway.PermanentFailure as failure:
        return f"Nothing was given back: Stripe refused it ({failure.code}). See the task.", "error"
    core().bell.ring(names.SEND_TX)
    said = findings.money(row.amount, row.currency)
    if row.status == "succeeded":
        return f"Given back: {said}. The donor is told by mail.", "success"
    return f"{said} is on its way back ({row.status}). The donor is told by mail.", "success"


def _form(
    reference: str, *, fault: str = "", status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    with transaction() as session:
        gift = found(session, reference)
        payments = refundable.of_gift(session, gift)
        page = render_template(
            "staff/money/refund.html",
            gift=gift,
            payments=payments,
            open=[each for each in payments if not each.refusal],
            connected=core().stripe is not None,
            fault=fault,
            entry=request.form,
            limits=limits,
        )
    return page, status
