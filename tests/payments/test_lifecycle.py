"""The lives of a donation and of a plan: what each piece of news changes, over every pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments import lifecycle
from payments.lifecycle import DonationNews, PlanNews
from payments.models.giving import DonationState, PlanState

SUCCEEDED = "the payment succeeded"
DONATIONS = {
    ("created", "a session was opened"): "open",
    ("created", "it was not paid in time"): "expired",
    ("open", "it was not paid in time"): "expired",
    ("created", "the money is on its way"): "processing",
    ("open", "the money is on its way"): "processing",
    ("failed", "the money is on its way"): "processing",
    ("expired", "the money is on its way"): "processing",
    ("processing", "the debit failed"): "failed",
    ("created", SUCCEEDED): "paid",
    ("open", SUCCEEDED): "paid",
    ("processing", SUCCEEDED): "paid",
    ("failed", SUCCEEDED): "paid",
    ("expired", SUCCEEDED): "paid",
}
PLANS = {
    "active": "active",
    "past due": "past due",
    "unpaid": "unpaid",
    "paused": "paused",
    "it will end": "ending",
    "it has ended": "ended",
}


@pytest.mark.parametrize("news", DonationNews)
@pytest.mark.parametrize("state", DonationState)
def test_each_pair_of_a_donation_leads_where_it_should_or_changes_nothing(
    state: DonationState, news: DonationNews
) -> None:
    expected = DONATIONS.get((state.value, news.value), state.value)
    assert lifecycle.donation_after(state, news) == expected


@pytest.mark.parametrize("news", PlanNews)
@pytest.mark.parametrize("state", PlanState)
def test_each_pair_of_a_plan_is_as_stripe_says_until_it_has_ended(
    state: PlanState, news: PlanNews
) -> None:
    heard = PLANS.get(news.value, state.value)
    assert lifecycle.plan_after(state, news) == ("ended" if state == "ended" else heard)


@given(st.lists(st.sampled_from(DonationNews), max_size=30))
def test_a_donation_is_paid_if_and_only_if_its_payment_succeeded(heard: list[DonationNews]) -> None:
    state = DonationState.CREATED
    for news in heard:
        state = lifecycle.donation_after(state, news)
    assert (state is DonationState.PAID) == (DonationNews.SUCCEEDED in heard)


@given(st.sampled_from(DonationState), st.sampled_from(DonationNews))
def test_news_heard_twice_is_heard_once(state: DonationState, news: DonationNews) -> None:
    after = lifecycle.donation_after(state, news)
    assert lifecycle.donation_after(after, news) is after


@pytest.mark.parametrize(
    ("status", "paused", "ends", "news"),
    [
        ("incomplete", False, False, "incomplete"),
        ("trialing", False, False, "active"),
        ("active", False, False, "active"),
        ("active", True, False, "paused"),
        ("active", False, True, "it will end"),
        ("active", True, True, "it will end"),
        ("past_due", False, True, "past due"),
        ("past_due", True, False, "past due"),
        ("unpaid", False, False, "unpaid"),
        ("paused", False, False, "paused"),
        ("canceled", True, True, "it has ended"),
        ("incomplete_expired", False, False, "it has ended"),
        ("a word of next year's", False, False, None),
    ],
)
def test_stripes_words_for_a_subscription_are_read(
    status: str, *, paused: bool, ends: bool, news: str | None
) -> None:
    assert lifecycle.plan_news(status, paused=paused, ends=ends) == news
