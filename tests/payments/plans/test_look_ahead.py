"""Before a yearly renewal its donor is told of it, once; a disputed payment makes staff look at the plan."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config import limits
from db.session import transaction
from mailer import outbox
from mailer.models.deliveries import OutboxMail
from payments import plans, renewals
from payments.models.events import TaskKind
from payments.models.giving import Interval, Plan, PlanState
from payments.models.money import Payment
from sandbox.stripe import disputes
from tests.payments.plans.giver import Giver


def look_ahead(giver: Giver, *, days: float = 0) -> list[str]:
    """Do what the daily task does, at so many days from the sandbox's now; return the mails so far."""
    now = giver.now + timedelta(days=days)
    with transaction() as session:
        renewals.ask_about_disputed(session, now=now)
        for plan_id in renewals.due(session, now=now):
            renewals.give_notice(session, plan_id, now=now)
    return giver.mails()


def test_notice_of_a_yearly_renewal_is_given_fourteen_days_before(giver: Giver) -> None:
    giver.given(Interval.YEAR)
    giver.pass_days(350, step=10)
    assert look_ahead(giver) == []
    assert look_ahead(giver, days=2) == ["plan-renewal-notice"]


def test_notice_is_given_once_for_each_renewal(giver: Giver) -> None:
    giver.given(Interval.YEAR)
    giver.pass_days(360, step=10)
    assert look_ahead(giver) == look_ahead(giver, days=1) == ["plan-renewal-notice"]
    giver.pass_days(360, step=10)
    assert look_ahead(giver) == ["plan-renewal-notice"] * 2


def test_notice_says_the_day_and_the_amount_and_is_of_use_until_then(giver: Giver) -> None:
    renews_at = giver.given(Interval.YEAR).next_payment_at
    assert renews_at is not None
    look_ahead(giver, days=360)
    with transaction() as session:
        row = session.scalars(
            select(OutboxMail).where(OutboxMail.template == "plan-renewal-notice")
        ).one()
        letter = outbox.letter(session, row.delivery_id)
    assert letter.context["amount"] == "€25.00"
    assert str(renews_at.year) in str(letter.context["day"])
    assert letter.expires_at == renews_at


def test_nobody_is_given_notice_of_a_month(giver: Giver) -> None:
    giver.given(Interval.MONTH)
    assert look_ahead(giver, days=20) == []


@pytest.mark.parametrize(
    "state", [PlanState.PENDING, PlanState.PAST_DUE, PlanState.UNPAID, PlanState.ENDED]
)
def test_a_plan_that_fails_or_is_over_is_given_no_notice(giver: Giver, state: PlanState) -> None:
    plan = giver.given(Interval.YEAR)
    with transaction() as session:
        session.get_one(Plan, plan.id).state = state
    assert look_ahead(giver, days=360) == []


def test_two_workers_give_notice_once(giver: Giver) -> None:
    giver.given(Interval.YEAR)
    now = giver.now + timedelta(days=360)
    with transaction() as session:
        (plan_id,) = renewals.due(session, now=now)
        given = [renewals.give_notice(session, plan_id, now=now) for _ in range(2)]
    assert given == [True, False]


def test_staff_decide_about_the_plan_of_a_donor_who_disputes(giver: Giver) -> None:
    plan = giver.given()
    with transaction() as session:
        charge_id = str(session.scalars(select(Payment)).one().charge_id)
    dispute = giver.sandbox.do(disputes.begin, charge_id)
    giver.hear()
    for days in range(3):
        look_ahead(giver, days=days)
    assert sorted(about for _, about in giver.tasks()) == sorted(
        [dispute["id"], str(plan.subscription_id)]
    )
    assert {kind for kind, _ in giver.tasks()} == {TaskKind.DISPUTE}
    assert giver.plan().state is PlanState.ACTIVE


def test_an_inquiry_or_a_plan_that_has_ended_asks_nothing_about_the_plan(giver: Giver) -> None:
    plan = giver.given()
    plans.cancel(giver.gateway, transaction, plan.id, now=giver.now)
    with transaction() as session:
        charge_id = str(session.scalars(select(Payment)).one().charge_id)
    dispute = giver.sandbox.do(disputes.begin, charge_id)
    giver.hear()
    look_ahead(giver)
    assert [about for _, about in giver.tasks()] == [dispute["id"]]


def test_an_erased_donor_is_mailed_nothing(giver: Giver) -> None:
    plan = giver.given(Interval.YEAR)
    with transaction() as session:
        donor = session.get_one(Plan, plan.id).donor
        donor.address, donor.name, donor.erased_at = b"", None, giver.now
    assert look_ahead(giver, days=365 - limits.PLAN_NOTICE_DAYS + 1) == []
