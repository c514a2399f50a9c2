"""A donor changes the amount of their plan, pauses it, has it go on, ends it; twice is once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.session import transaction
from payments import amounts, giving, plans
from payments.models.giving import GivingEvent, Interval, Plan, PlanState
from sandbox.stripe import subscriptions
from tests.cast import hire
from tests.payments.plans.giver import Giver, wish


def test_another_amount_is_asked_for_from_the_next_payment_on(giver: Giver) -> None:
    plan = giver.given()
    changed = plans.change_amount(giver.gateway, transaction, plan.id, 5_000, now=giver.now)
    giver.pass_days(32, step=8)
    assert changed.amount == 5_000
    assert [gift.amount for gift in giver.gifts()] == [2_500, 5_000]
    assert giver.mails() == ["plan-changed"]


def test_the_amount_that_is_asked_for_already_is_not_asked_again(giver: Giver) -> None:
    plan = giver.given()
    for _ in range(2):
        plans.change_amount(giver.gateway, transaction, plan.id, 5_000, now=giver.now)
    giver.hear()
    assert [what for what, _ in giver.story()].count("amount asked for") == 1
    assert giver.mails() == ["plan-changed"]


def test_an_amount_that_nobody_may_give_is_refused_before_stripe_is_asked(giver: Giver) -> None:
    plan = giver.given()
    with pytest.raises(amounts.BadAmount):
        plans.change_amount(giver.gateway, transaction, plan.id, 1, now=giver.now)
    assert giver.plan().amount == 2_500


def test_an_amount_below_the_costs_has_none_of_them(giver: Giver) -> None:
    plan = giver.given()
    with transaction() as session:
        session.get_one(Plan, plan.id).costs = 2_000
    changed = plans.change_amount(giver.gateway, transaction, plan.id, 1_000, now=giver.now)
    assert (changed.amount, changed.costs) == (1_000, 0)


def test_what_staff_change_in_stripes_dashboard_is_mirrored_and_told(giver: Giver) -> None:
    plan = giver.given()
    end = {"cancel_at_period_end": True}
    giver.sandbox.do(subscriptions.update, end, str(plan.subscription_id))
    giver.hear()
    ending = giver.plan()
    assert (ending.state, ending.ends_at) == (PlanState.ENDING, plan.next_payment_at)
    assert ending.next_payment_at is None
    giver.pass_days(32, step=8)
    assert giver.plan().state is PlanState.ENDED
    assert giver.mails() == ["plan-ended"]


def test_a_paused_plan_brings_nothing_and_then_goes_on(giver: Giver) -> None:
    plan = giver.given()
    until = (giver.now + timedelta(days=80)).replace(microsecond=0)
    paused = plans.pause(giver.gateway, transaction, plan.id, until, now=giver.now)
    giver.pass_days(64, step=8)
    assert (paused.state, paused.paused_until) == (PlanState.PAUSED, until)
    assert paused.next_payment_at is None
    assert len(giver.gifts()) == 1
    giver.pass_days(32, step=8)
    assert giver.plan().state is PlanState.ACTIVE
    assert len(giver.gifts()) == 2
    assert giver.mails() == ["plan-changed", "plan-changed"]


def test_a_paused_plan_can_be_had_go_on_at_once(giver: Giver) -> None:
    plan = giver.given()
    until = (giver.now + timedelta(days=80)).replace(microsecond=0)
    for _ in range(2):
        plans.pause(giver.gateway, transaction, plan.id, until, now=giver.now)
    for _ in range(2):
        plans.resume(giver.gateway, transaction, plan.id, now=giver.now)
    giver.pass_days(32, step=8)
    assert len(giver.gifts()) == 2
    assert giver.mails() == ["plan-changed", "plan-changed"]


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_pause_ends_within_a_year(giver: Giver, days: int) -> None:
    plan = giver.given()
    until = giver.now + timedelta(days=days)
    with pytest.raises(plans.BadPause):
        plans.pause(giver.gateway, transaction, plan.id, until, now=giver.now)


def test_a_cancelled_plan_ends_at_once_and_asks_for_nothing_more(giver: Giver) -> None:
    plan = giver.given()
    ended = plans.cancel(giver.gateway, transaction, plan.id, now=giver.now)
    giver.pass_days(40, step=10)
    assert (ended.state, ended.ended_reason) == (PlanState.ENDED, "cancellation_requested")
    assert len(giver.gifts()) == 1
    assert giver.mails() == ["plan-ended"]


def test_a_plan_that_was_ended_elsewhere_is_cancelled_with_success(giver: Giver) -> None:
    plan = giver.given()
    giver.sandbox.do(subscriptions.cancel, {}, str(plan.subscription_id))
    for _ in range(2):
        ended = plans.cancel(giver.gateway, transaction, plan.id, now=giver.now)
    giver.hear()
    assert ended.state is PlanState.ENDED
    assert giver.mails() == ["plan-ended"]


def test_a_plan_that_stripe_does_not_know_is_cancelled_with_success(giver: Giver) -> None:
    plan = giver.given()
    with transaction() as session:
        session.get_one(Plan, plan.id).subscription_id = "sub_of_another_mode"
    ended = plans.cancel(giver.gateway, transaction, plan.id, now=giver.now)
    assert (ended.state, ended.ended_reason) == (PlanState.ENDED, plans.GONE)


CHANGES: list[Callable[[Giver, int], object]] = [
    lambda giver, id_: plans.cancel(giver.gateway, transaction, id_, now=giver.now),
    lambda giver, id_: plans.resume(giver.gateway, transaction, id_, now=giver.now),
    lambda giver, id_: plans.change_amount(giver.gateway, transaction, id_, 900, now=giver.now),
    lambda giver, id_: plans.portal(
        giver.gateway, transaction, id_, return_url="http://x", now=giver.now
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_that_was_never_paid_cannot_be_changed(
    giver: Giver, change: Callable[[Giver, int], object]
) -> None:
    with transaction() as session:
        plan = giving.begin(session, wish(Interval.MONTH), now=giver.now)
    with pytest.raises(plans.NotRunning):
        change(giver, plan.id)


def test_what_staff_ask_for_names_them(giver: Giver) -> None:
    plan, chen = giver.given(), hire("chen", "author")
    plans.cancel(giver.gateway, transaction, plan.id, now=giver.now, staff_id=chen.id)
    assert [what for what, _ in giver.story()] == [
        "begun",
        "linked",
        "active",
        "end asked for",
        "ended",
    ]
    with transaction() as session:
        by = select(GivingEvent.what).where(GivingEvent.staff_id == chen.id)
        assert session.scalars(by).all() == ["end asked for"]
