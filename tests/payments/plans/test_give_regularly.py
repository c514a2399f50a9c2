"""A plan asks for money each month or year, and each payment is a gift of its own."""

from datetime import timedelta

import pytest

from payments.models.giving import DonationState, Interval, PlanState, Tribute
from tests.payments.plans.giver import Giver


def test_the_first_payment_makes_the_plan_active_and_is_a_gift(giver: Giver) -> None:
    plan = giver.given()
    (gift,) = giver.gifts()
    assert plan.state is PlanState.ACTIVE
    assert (gift.state, gift.amount, gift.costs, gift.currency) == (
        DonationState.PAID,
        2_500,
        100,
        "EUR",
    )
    assert gift.donor_id == plan.donor_id


@pytest.mark.parametrize(("interval", "count"), [(Interval.MONTH, 13), (Interval.YEAR, 2)])
def test_a_year_brings_a_gift_for_each_period(giver: Giver, interval: Interval, count: int) -> None:
    giver.given(interval)
    giver.pass_days(370, step=10)
    gifts = giver.gifts()
    assert len({gift.invoice_id for gift in gifts}) == len(gifts) == count
    assert {gift.state for gift in gifts} == {DonationState.PAID}


def test_the_next_payment_is_known(giver: Giver) -> None:
    first = giver.given(Interval.YEAR).next_payment_at
    assert first is not None
    giver.pass_days(370, step=10)
    second = giver.plan().next_payment_at
    assert second is not None
    assert timedelta(364) < second - first < timedelta(367)


def test_whoever_is_honoured_hears_of_it_once_and_the_list_is_asked_for_once(giver: Giver) -> None:
    giver.said = {
        "tribute": Tribute.HONOUR,
        "tribute_name": "Anna",
        "notice_address": "anna@example.org",
        "joins_list": True,
    }
    giver.given()
    giver.pass_days(40, step=10)
    assert [gift.joins_list for gift in giver.gifts()] == [True, False]
    assert giver.mails() == ["tribute-notice"]
