"""Plans in the console, for finance and administrators: the list, which names nobody, one, and its end."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from db.session import transaction
from payments import gateway, gift_finding, gift_lists, gift_reports, plan_lists, plans
from payments.gift_lists import Wanted
from payments.models.giving import Plan, PlanState
from web import guards, hours
from web.staff import acts, money_filters, money_words
from web.staff.announcements import names_of_staff
from web.staff.money_refunds import NO_STRIPE
from wiring import names
from wiring.core import core

blueprint = Blueprint("money_plans", __name__)


@blueprint.get("/")
def listing() -> str:
    """Show the plans, newest first, and those alone that the query asks for."""
    with transaction() as session:
        state, donor = money_filters.word(PlanState, "state"), money_filters.donor(session)
        page = plan_lists.page(
            session,
            state=state,
            donor_id=donor.id if donor else None,
            before=money_filters.before(),
        )
        return render_template(
            "staff/money/plans.html",
            page=page,
            state=state,
            filters=money_filters.kept("state", "donor"),
            states=list(PlanState),
        )


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """Show one plan, its gifts, and what happened to it; its giver stands on the page of a gift."""
    with transaction() as session:
        plan = _found(session, reference)
        gifts = gift_lists.page(
            session, Wanted(plan_id=plan.id), zone=hours.home(), before=money_filters.before()
        )
        return render_template(
            "staff/money/plan.html",
            plan=plan,
            page=gifts,
            filters={"reference": reference},
            story_of=gift_reports.story(session, plan),
            people=names_of_staff(session),
            words=money_words,
        )


@blueprint.get("/<reference>/end")
@guards.recently_signed_in
def ask(reference: str) -> str:
    """Ask once more whether a plan is to end."""
    with transaction() as session:
        return render_template("staff/money/plan_end.html", plan=_found(session, reference))


@blueprint.post("/<reference>/end")
@guards.recently_signed_in
def end(reference: str) -> ResponseReturnValue:
    """End a plan at once; one that has ended stays so, and its donor is told once."""
    with transaction() as session:
        plan = _found(session, reference)
        ends = plan.state is not PlanState.ENDED
        # Only what Stripe is asked is an act.
        if ends and plan.subscription_id is not None and core().stripe is not None:
            acts.record(session, "plan.end", subject=f"plan {plan.id}")
    flash(*(_ended(plan.id) if ends else ("It had ended before.", "success")))
    return redirect(url_for(".show", reference=reference), HTTPStatus.SEE_OTHER)


def _ended(plan_id: int) -> tuple[str, str]:
    """Have Stripe end a plan; return what to say, and of which kind that is."""
    stripe, now = core().stripe, datetime.now(UTC)
    if stripe is None:
        return NO_STRIPE, "error"
    try:
        plans.cancel(stripe, transaction, plan_id, now=now, staff_id=current_user.id)
    except plans.NotRunning:
        return "It was never paid, so nothing is asked for and there is nothing to end.", "error"
    except gateway.TemporaryFailure:
        return "Stripe gave no sure answer. Wait a minute, look here, and press again.", "error"
    except gateway.PermanentFailure as failure:
        return f"Stripe refused to end it ({failure.code}). End it in its dashboard.", "error"
    core().bell.ring(names.SEND_TX)
    return "Ended. Nothing more is asked for, and the donor is told by mail.", "success"


def _found(session: Session, reference: str) -> Plan:
    plan = gift_finding.plan(session, reference)
    if plan is None:
        abort(HTTPStatus.NOT_FOUND)
    return plan
