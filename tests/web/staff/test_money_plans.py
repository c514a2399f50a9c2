"""Plans in the console: a list that names nobody, one with its gifts, and its end after a second question."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from config.settings import Settings
from db.session import transaction
from payments import giving
from payments.models.giving import Interval, Plan, PlanState
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import subscriptions
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.cast import BORIS
from tests.payments.plans.giver import Giver, wish
from tests.web.public import giving as visits
from tests.web.staff import members, money
from tests.web.staff.members import Member

PLANS = "/staff/plans/"
Pair = tuple[Giver, Member]


@pytest.fixture
def pair(app: Flask, settings: Settings) -> Iterator[Pair]:
    """Give Boris, who gives regularly, and Bo, who looks after the money."""
    with Stripe() as sandbox, visits.site(settings, sandbox) as visit:
        asked = StripeGateway(visits.KEY, base=sandbox.base, secrets=(), live=False)
        yield Giver(sandbox, asked), members.of(visit.app, "bo", "finance")


def path(plan: Plan) -> str:
    return f"{PLANS}{plan.reference}"


def test_an_empty_list_says_who_is_listed(pair: Pair) -> None:
    assert "Nobody gives regularly yet" in pair[1].read(PLANS)


def test_the_list_shows_plans_by_state_and_names_nobody(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    page = bo.read(PLANS)
    assert "€25.00 each month" in page
    assert path(plan) in page
    assert BORIS not in page
    assert path(plan) in bo.read(f"{PLANS}?state=active")
    assert "There is no such plan" in bo.read(f"{PLANS}?state=ended")
    assert path(plan) in bo.read(f"{PLANS}?state=nope&before=x")


def test_a_plan_shows_its_gifts_and_its_story_and_names_nobody(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    page = bo.read(path(plan))
    assert page.count('data-name="Of"') == 1
    assert "Its subscription began" in page
    assert str(plan.subscription_id) in page
    assert BORIS not in page


def test_the_plans_of_one_donor_are_listed_by_a_reference(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    target = bo.post("/staff/donations/find", name=BORIS).location
    assert path(plan) in bo.read(target.replace("/staff/donations/", PLANS))


def test_a_plan_is_ended_after_a_second_question(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    assert "End €25.00 each month?" in bo.read(f"{path(plan)}/end")
    assert giver.plan().state is PlanState.ACTIVE
    assert bo.post(f"{path(plan)}/end").location == path(plan)
    assert giver.plan().state is PlanState.ENDED
    assert "Nothing more is asked for" in bo.read(path(plan))
    assert money.audited() == [("plan.end", f"plan {plan.id}", "")]
    assert giver.mails() == ["plan-ended"]


def test_ending_twice_is_ending_once(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    for _ in range(2):
        bo.post(f"{path(plan)}/end")
    assert "It had ended before" in bo.read(path(plan))
    assert "This plan has ended" in bo.read(f"{path(plan)}/end")
    assert len(money.audited()) == len(giver.mails()) == 1


def test_a_plan_that_was_never_paid_cannot_be_ended(pair: Pair) -> None:
    giver, bo = pair
    with transaction() as session:
        plan = giving.begin(session, wish(Interval.MONTH), now=giver.now)
    assert isinstance(plan, Plan)
    assert "End this plan" not in bo.read(path(plan))
    bo.post(f"{path(plan)}/end")
    assert "It was never paid" in bo.read(path(plan))
    assert money.audited() == []


def test_where_stripe_gives_no_sure_answer_staff_look_again(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    trouble = Trouble("reset_before", path="/v1/subscriptions", method="DELETE", count=3)
    giver.sandbox.api.troubles.order(trouble)
    bo.post(f"{path(plan)}/end")
    assert "Stripe gave no sure answer" in bo.read(path(plan))
    assert giver.plan().state is PlanState.ACTIVE


def test_a_plan_that_was_ended_in_the_dashboard_is_said_to_be_ended(pair: Pair) -> None:
    giver, bo = pair
    plan = giver.given()
    giver.sandbox.do(subscriptions.cancel, {}, str(plan.subscription_id))
    bo.post(f"{path(plan)}/end")
    assert giver.plan().state is PlanState.ENDED


@pytest.mark.parametrize("reference", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_plan_that_is_not_there_is_said_to_be_missing(pair: Pair, reference: str) -> None:
    _, bo = pair
    assert bo.get(f"{PLANS}{reference}").status_code == 404
    assert bo.get(f"{PLANS}{reference}/end").status_code == 404
    assert bo.post(f"{PLANS}{reference}/end").status_code == 404


def test_who_signed_in_a_while_ago_proves_themselves_first(pair: Pair) -> None:
    giver, bo = pair
    target = f"{path(giver.given())}/end"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        assert bo.post(target).location == f"/staff/sign-in/again?next={target}"
    assert giver.plan().state is PlanState.ACTIVE
