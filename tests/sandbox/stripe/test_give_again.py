"""Plans: their first payment, their renewals, what fails, and how they end."""

from datetime import UTC, datetime
from typing import cast

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as some
from stripe import StripeClient
from stripe.params import SubscriptionUpdateParams

from sandbox.stripe import customers, intervals, invoices, methods
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from tests.sandbox.stripe.conftest import Donor

DAY = 24 * 3600
FAILS_LATER = "4000000000000341"
ALWAYS_ASKS = "4000002760003184"


def invoices_of(client: StripeClient, plan: stripe.Subscription) -> list[stripe.Invoice]:
    return client.v1.invoices.list({"subscription": plan.id}).data


def again(client: StripeClient, plan: stripe.Subscription) -> stripe.Subscription:
    return client.v1.subscriptions.retrieve(plan.id)


def named(sandbox: Stripe, *names: str) -> list[str]:
    return [event["type"] for event in sandbox.events(*names)]


def test_a_plan_begins_with_a_paid_invoice(donor: Donor, client: StripeClient) -> None:
    plan = donor.plan()
    (invoice,) = invoices_of(client, plan)
    assert (plan.status, plan.metadata["plan"]) == ("active", "p1")
    assert (invoice.status, invoice.amount_paid) == ("paid", 1000)
    assert invoice.billing_reason == "subscription_create"
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == plan.id
    assert invoice.parent.subscription_details.metadata is not None
    assert invoice.parent.subscription_details.metadata["plan"] == "p1"


def test_an_invoice_and_its_intent_find_each_other(donor: Donor, client: StripeClient) -> None:
    (invoice,) = invoices_of(client, donor.plan())
    (there,) = client.v1.invoice_payments.list({"invoice": invoice.id}).data
    intent = there.payment.payment_intent
    assert isinstance(intent, str)
    asked = {"type": "payment_intent", "payment_intent": intent}
    back = client.v1.invoice_payments.list(
        cast(stripe.params.InvoicePaymentListParams, {"payment": asked})
    )
    assert [each.invoice for each in back.data] == [invoice.id]
    shown = client.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]})
    assert shown.payments is not None
    assert shown.payments.data[0].id == there.id


def test_the_events_of_a_new_plan_tell_its_whole_story(donor: Donor, sandbox: Stripe) -> None:
    donor.plan()
    assert named(sandbox)[2:] == [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "checkout.session.completed",
    ]


def test_a_renewal_is_a_draft_for_an_hour(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    end = plan["items"].data[0].current_period_end
    sandbox.advance(end - sandbox.world.now())
    assert [each.status for each in invoices_of(client, plan)] == ["draft", "paid"]
    sandbox.advance(3600)
    newest = invoices_of(client, plan)[0]
    assert (newest.status, newest.billing_reason) == ("paid", "subscription_cycle")
    assert newest.period_end == end


def test_a_year_of_months_is_thirteen_payments(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    sandbox.advance(366 * DAY)
    found = list(client.v1.invoices.list({"subscription": plan.id}).auto_paging_iter())
    assert [each.status for each in found] == ["paid"] * 13
    assert len({each.number for each in found}) == 13


def test_a_yearly_plan_renews_after_a_year(donor: Donor, sandbox: Stripe) -> None:
    donor.plan("year")
    sandbox.advance(364 * DAY)
    made: stripe.params.EventListParams = {"type": "invoice.created"}
    assert donor.client.v1.events.list(made).data == []  # it is older than thirty days
    sandbox.advance(2 * DAY)
    assert len(donor.client.v1.events.list(made).data) == 1


def test_a_renewal_that_fails_is_tried_eight_times_and_then_the_plan_ends(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan(number=FAILS_LATER)
    sandbox.advance(31 * DAY)
    assert again(client, plan).status == "past_due"
    first = invoices_of(client, plan)[0]
    assert (first.status, first.attempt_count) == ("open", 1)
    assert first.next_payment_attempt is not None
    sandbox.advance(14 * DAY)
    ended = again(client, plan)
    assert ended.status == "canceled"
    assert ended.cancellation_details is not None
    assert ended.cancellation_details.reason == "payment_failed"
    assert len(sandbox.events("invoice.payment_failed")) == 8
    assert invoices_of(client, plan)[0].next_payment_attempt is None


def test_a_card_refused_for_good_is_not_tried_again(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    method = plan.default_payment_method
    assert isinstance(method, str)
    sandbox.do(methods.turn, method, number="4000000000000069")
    sandbox.advance(34 * DAY)
    assert len(sandbox.events("charge.failed")) == 1
    assert invoices_of(client, plan)[0].attempt_count > 1


def test_another_card_mends_a_plan_once_the_plan_names_it(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan(number=FAILS_LATER)
    sandbox.advance(31 * DAY)
    card = sandbox.do(customers.replace_card, str(plan.customer), number="4242424242424242")
    sandbox.advance(2 * DAY)
    assert again(client, plan).status == "past_due"  # its own card comes before the customer's
    client.v1.subscriptions.update(plan.id, {"default_payment_method": card["id"]})
    sandbox.advance(2 * DAY)
    assert again(client, plan).status == "active"
    assert invoices_of(client, plan)[0].status == "paid"


def test_a_renewal_that_the_bank_asks_about_waits_for_the_donor(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    session = donor.plan(number="4242424242424242")
    sandbox.do(methods.turn, str(session.default_payment_method), number=ALWAYS_ASKS)
    sandbox.advance(31 * DAY)
    assert len(sandbox.events("invoice.payment_action_required")) == 1
    invoice = invoices_of(client, session)[0]
    assert invoice.hosted_invoice_url == f"{sandbox.base}/i/{invoice.id}"
    sandbox.do(invoices.pay_by_hand, invoice.id, number=ALWAYS_ASKS)
    assert again(client, session).status == "active"


def test_a_plan_is_cancelled_at_once_or_at_its_periods_end(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    at_once, later = donor.plan(), donor.plan()
    comment = {"cancellation_details": {"comment": "enough"}}
    client.v1.subscriptions.cancel(
        at_once.id, cast(stripe.params.SubscriptionCancelParams, comment)
    )
    client.v1.subscriptions.update(later.id, {"cancel_at_period_end": True})
    assert again(client, at_once).status == "canceled"
    assert again(client, later).status == "active"
    sandbox.advance(31 * DAY)
    assert again(client, later).status == "canceled"
    ended = client.v1.events.list({"type": "customer.subscription.deleted"}).data
    assert len(ended) == 1  # the other is older than thirty days
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client.v1.subscriptions.cancel(at_once.id)


def test_the_amount_changes_from_the_next_period(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    item = plan["items"].data[0]
    price: Thing = {
        "currency": "usd",
        "unit_amount": 2000,
        "product": item.price.product,
        "recurring": {"interval": "month"},
    }
    change: Thing = {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    client.v1.subscriptions.update(plan.id, cast(SubscriptionUpdateParams, change))
    sandbox.advance(31 * DAY)
    assert [each.amount_paid for each in invoices_of(client, plan)] == [2000, 1000]


def test_a_pause_collects_nothing_until_it_is_over(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    pause: Thing = {"behavior": "void", "resumes_at": sandbox.world.now() + 45 * DAY}
    update = cast(SubscriptionUpdateParams, {"pause_collection": pause})
    client.v1.subscriptions.update(plan.id, update)
    sandbox.advance(70 * DAY)
    assert [each.status for each in invoices_of(client, plan)] == ["paid", "void", "paid"]
    assert again(client, plan).pause_collection is None


def test_a_plan_paid_by_debit_begins_when_the_money_comes(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    good, bad = donor.plan(number="000123456789"), donor.plan(number="000222222227")
    assert {good.status, bad.status} == {"incomplete"}
    sandbox.advance(5 * DAY)
    assert again(client, good).status == "active"
    assert again(client, bad).status == "incomplete_expired"
    assert invoices_of(client, bad)[0].status == "open"


def test_the_portal_is_for_customers_that_there_are(donor: Donor, sandbox: Stripe) -> None:
    portal = donor.client.v1.billing_portal.sessions
    session = portal.create({"customer": str(donor.plan().customer)})
    assert session.url == f"{sandbox.base}/p/session/{session.id}"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        portal.create({"customer": "cus_none"})


@given(
    some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=some.just(UTC)),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    some.integers(0, 40),
)
def test_a_monthly_plan_is_due_on_its_day_or_the_months_last(start: datetime, times: int) -> None:
    anchor = int(start.timestamp())
    due = intervals.after(anchor, {"interval": "month", "interval_count": 1}, times)
    found = datetime.fromtimestamp(due, UTC)
    months = (found.year - start.year) * 12 + found.month - start.month
    assert months == times
    assert found.day == start.day or (found.day < start.day and found.day >= 28)


def test_a_plan_ends_at_the_moment_that_was_set_for_it(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    client.v1.subscriptions.update(plan.id, {"cancel_at": sandbox.world.now() + 3 * DAY})
    sandbox.advance(3 * DAY - 1)
    assert again(client, plan).status == "active"
    sandbox.advance(1)
    assert again(client, plan).status == "canceled"


def test_an_end_that_was_taken_back_does_not_come(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    plan = donor.plan()
    for ending in (True, False):
        client.v1.subscriptions.update(plan.id, {"cancel_at_period_end": ending})
    sandbox.advance(31 * DAY)
    assert again(client, plan).status == "active"


def test_a_plan_is_not_paid_with_somebody_elses_card(donor: Donor, client: StripeClient) -> None:
    one, other = donor.plan(), donor.plan()
    card = str(other.default_payment_method)
    with pytest.raises(stripe.InvalidRequestError, match="does not have a payment method"):
        client.v1.subscriptions.update(one.id, {"default_payment_method": card})


def test_a_deleted_customer_leaves_an_id_and_no_plan(donor: Donor, client: StripeClient) -> None:
    plan = donor.plan()
    customer = str(plan.customer)
    assert client.v1.customers.delete(customer).deleted is True
    assert client.v1.customers.retrieve(customer).deleted is True
    assert client.v1.customers.list().data == []
    assert again(client, plan).status == "canceled"
