"""What a donor does with their plans: another amount, a pause, going on, another card, an end by one post."""

import calendar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from config import limits
from db.session import transaction
from payments import amounts, own_gifts, plans
from payments.amounts import BadAmount, Fault
from payments.currencies import CURRENCIES
from payments.models.giving import Plan
from web import words
from web.public import donate_form, giving, giving_donors
from web.public.giving import Trouble
from wiring import names
from wiring.core import core

blueprint = Blueprint("public_giving_plans", __name__)
giving.install(blueprint)


@blueprint.post("/giving/<token>/plans/<reference>/end")
def end(token: str, reference: str) -> BaseResponse:
    """End a plan at once."""
    plan = _plan(token, reference)
    plans.cancel(giving.stripe(), transaction, plan.id, now=datetime.now(UTC))
    return _done(token, "ended")


@blueprint.post("/giving/<token>/plans/<reference>/amount")
def change_amount(token: str, reference: str) -> BaseResponse:
    """Have a plan ask for another amount from its next payment on."""
    plan, typed = _plan(token, reference), request.form.get("amount", "")
    try:
        # No page of Stripe's shows the sum before it is asked for: a thousand times too much must not pass.
        amount = amounts.parse(typed, plan.currency, words.language(), surely=True)
        plans.change_amount(giving.stripe(), transaction, plan.id, amount, now=datetime.now(UTC))
    except BadAmount as bad:
        sentence = _said_of(bad.fault, plan)
        return giving.page(token, Trouble(sentence, 422, str(plan.reference), typed))
    return _done(token, "amount")


@blueprint.post("/giving/<token>/plans/<reference>/pause")
def pause(token: str, reference: str) -> BaseResponse:
    """Have nothing asked for during some months."""
    plan, now = _plan(token, reference), datetime.now(ZoneInfo(core().settings.org_timezone))
    plans.pause(giving.stripe(), transaction, plan.id, after(_months(), now), now=now)
    return _done(token, "paused")


@blueprint.post("/giving/<token>/plans/<reference>/resume")
def resume(token: str, reference: str) -> BaseResponse:
    """Have a paused plan go on."""
    plan = _plan(token, reference)
    plans.resume(giving.stripe(), transaction, plan.id, now=datetime.now(UTC))
    return _done(token, "resumed")


@blueprint.post("/giving/<token>/plans/<reference>/card")
def change_card(token: str, reference: str) -> BaseResponse:
    """Hand the donor over to Stripe's page where they change their card."""
    plan = _plan(token, reference)
    # Stripe is told the way back, and must not learn the link that shows everything.
    back = f"{core().settings.base_url}/giving?done=card&{words.CHOICE}={words.language()}"
    url = plans.portal(
        giving.stripe(), transaction, plan.id, return_url=back, now=datetime.now(UTC)
    )
    return redirect(url, 303)


def _plan(token: str, reference: str) -> Plan:
    """Return a plan of the donor whom the link names; 404 where it is not theirs."""
    with transaction() as session:
        plan = own_gifts.plan(session, giving_donors.named(session, token), reference)
    return plan or abort(404)


def _done(token: str, word: str) -> Response | BaseResponse:
    """Have the mail sent that tells the donor, and lead back to the page."""
    core().bell.ring_soon(names.SEND_TX)
    return giving.back(token, word)


def _months() -> int:
    choices = {str(each): each for each in limits.PLAN_PAUSES_OFFERED}
    given = request.form.get("months", "")
    if given not in choices:
        raise BadRequest
    return choices[given]


def after(months: int, now: datetime) -> datetime:
    """Return the first moment of the day so many months on, in a shorter month of its last day.

    It is a day where `now` is. A day and not this second of it: a double click asks for the same pause, and
    is told of by one mail.
    """
    years, month = divmod(now.month - 1 + months, 12)
    year, month = now.year + years, month + 1
    day = min(now.day, calendar.monthrange(year, month)[1])
    return datetime(year, month, day, tzinfo=now.tzinfo)


def _said_of(fault: Fault, plan: Plan) -> str:
    code = plan.currency
    return words.gettext(
        donate_form.AMOUNT_FAULTS[fault],
        example=donate_form.said(plan.amount, code),
        least=donate_form.said(CURRENCIES[code].least, code),
        largest=donate_form.said(amounts.largest(code), code),
    )
