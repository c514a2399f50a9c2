"""A plan at Stripe: its subscription, its invoices, and what may be changed of it."""

from datetime import UTC, datetime

import pytest

from payments import gateway
from payments.stripe_gateway import StripeGateway
from tests.payments.gateway.conftest import HOUR, Giver

DAY = 24 * HOUR


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_plan_says_what_it_gives_and_when(giver: Giver, interval: str) -> None:
    plan = giver.plan(interval)
    assert (plan.status, plan.plan_reference, plan.interval) == ("active", "p1", interval)
    assert (plan.amount, plan.currency) == (2500, "EUR")
    assert plan.period_ends_at is not None
    assert plan.period_ends_at > datetime.fromtimestamp(giver.sandbox.world.now(), UTC)
    assert (plan.ends_at, plan.ended_at, plan.ended_reason, plan.paused_until) == (None,) * 4


def test_its_invoice_names_the_plan_and_the_intent(giver: Giver, stripe: StripeGateway) -> None:
    plan = giver.plan()
    (invoice,) = stripe.invoices(since=datetime.fromtimestamp(0, UTC))
    assert stripe.invoice(invoice.id) == invoice
    assert (invoice.status, invoice.reason) == ("paid", "subscription_create")
    assert (invoice.subscription_id, invoice.plan_reference) == (plan.id, "p1")
    assert (invoice.amount_paid, invoice.currency, invoice.attempts) == (2500, "EUR", 1)
    assert invoice.paid_at is not None
    (paid_by,) = invoice.payment_intent_ids
    assert stripe.invoice_of(paid_by) == invoice.id
    assert stripe.intent(paid_by).reference is None


def test_a_gift_of_its_own_pays_no_invoice(giver: Giver, stripe: StripeGateway) -> None:
    assert stripe.invoice_of(giver.gift().id) is None


def test_a_plan_ends_at_once_and_may_be_ended_twice(giver: Giver, stripe: StripeGateway) -> None:
    ended = stripe.cancel(giver.plan().id)
    assert (ended.status, ended.ended_reason) == ("canceled", "cancellation_requested")
    assert ended.ended_at is not None
    assert stripe.cancel(ended.id) == ended


def test_a_forgotten_customer_ends_their_plans_and_may_be_forgotten_twice(
    giver: Giver, stripe: StripeGateway
) -> None:
    plan = giver.plan()
    for _ in range(2):
        stripe.forget_customer(plan.customer_id)
    assert stripe.subscription(plan.id).status == "canceled"
    with pytest.raises(gateway.PermanentFailure):
        stripe.portal(plan.customer_id, "https://example.org/giving")


def test_a_customer_that_never_was_is_forgotten_already(stripe: StripeGateway) -> None:
    stripe.forget_customer("cus_none")


def test_another_amount_is_asked_for_from_the_next_payment_on(
    giver: Giver, stripe: StripeGateway
) -> None:
    plan = giver.plan()
    assert stripe.change_amount(plan.id, 4000, key="c1").amount == 4000
    giver.sandbox.advance(32 * DAY)
    paid = [each.amount_paid for each in stripe.invoices(since=datetime.fromtimestamp(0, UTC))]
    assert paid == [4000, 2500]


def test_the_same_change_is_one(giver: Giver, stripe: StripeGateway) -> None:
    plan = giver.plan()
    assert stripe.change_amount(plan.id, 4000, key="c1").amount == 4000
    assert stripe.change_amount(plan.id, 4000, key="c1").amount == 4000
    with pytest.raises(gateway.PermanentFailure):
        stripe.change_amount(plan.id, 5000, key="c1")


def test_a_pause_asks_for_nothing_until_its_day(giver: Giver, stripe: StripeGateway) -> None:
    plan = giver.plan()
    until = datetime.fromtimestamp(giver.sandbox.world.now() + 40 * DAY, UTC)
    assert stripe.pause(plan.id, until).paused_until == until
    giver.sandbox.advance(35 * DAY)
    assert len(list(stripe.invoices(since=datetime.fromtimestamp(0, UTC)))) == 1
    assert stripe.pause(plan.id, None).paused_until is None


def test_a_pause_without_a_day_is_for_ever(giver: Giver, stripe: StripeGateway) -> None:
    plan = giver.plan()
    stripe.ask.subscriptions.update(plan.id, {"pause_collection": {"behavior": "void"}})
    assert stripe.subscription(plan.id).paused_until == datetime.max.replace(tzinfo=UTC)


def test_an_end_by_its_period_is_the_periods_end(giver: Giver, stripe: StripeGateway) -> None:
    plan = giver.plan()
    stripe.ask.subscriptions.update(plan.id, {"cancel_at_period_end": True})
    assert stripe.subscription(plan.id).ends_at == plan.period_ends_at


def test_the_portal_is_a_page_of_stripes(giver: Giver, stripe: StripeGateway) -> None:
    plan = giver.plan()
    url = stripe.portal(plan.customer_id, "http://127.0.0.1:8000/donate")
    assert url.startswith(giver.sandbox.base)
