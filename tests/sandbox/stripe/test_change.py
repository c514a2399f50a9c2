"""What the product may change at Stripe: customers, methods, invoices, metadata; and what it finds then."""

import base64
from http.client import HTTPConnection
from typing import Literal, cast

import pytest
import stripe
from stripe import StripeClient
from stripe.params import PriceCreateParams, SubscriptionListParams

from sandbox.stripe import customers, endpoints
from sandbox.stripe.refusals import Refused
from sandbox.stripe.server import Stripe
from tests.sandbox.stripe.conftest import CARD, KEY, SECRET, URL, Donor, Endpoint

DAY = 24 * 3600
FAILS_LATER = "4000000000000341"


def failing(donor: Donor) -> tuple[stripe.Subscription, stripe.Invoice]:
    """Give a plan whose last renewal has failed, and that invoice."""
    plan = donor.plan(number=FAILS_LATER)
    donor.sandbox.advance(31 * DAY)
    return plan, donor.client.v1.invoices.list({"subscription": plan.id}).data[0]


def test_basic_authentication_takes_the_key_as_its_user(sandbox: Stripe) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    word = base64.b64encode(f"{KEY}:".encode()).decode()
    for header, status in ((f"Basic {word}", 200), ("Basic ???", 401), ("", 401)):
        connection.request("GET", "/v1/events", headers={"Authorization": header})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_a_body_that_is_no_form_is_refused(sandbox: Stripe) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/customers", "{}", headers)
    answer = connection.getresponse()
    assert (answer.status, b"content type" in answer.read()) == (400, True)
    connection.close()


def test_metadata_is_merged_and_unset(donor: Donor, client: StripeClient) -> None:
    made = client.v1.customers.create({"name": "A", "metadata": {"a": "1", "b": "2"}})
    changed = client.v1.customers.update(made.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    cleared = client.v1.customers.update(made.id, {"metadata": ""})
    assert cleared.metadata is not None
    assert cleared.metadata.to_dict() == {}


def test_a_session_and_a_refund_take_metadata(donor: Donor, client: StripeClient) -> None:
    session = client.v1.checkout.sessions.update(donor.session().id, {"metadata": {"a": "1"}})
    refund = client.v1.refunds.create({"payment_intent": donor.gift().id})
    changed = client.v1.refunds.update(refund.id, {"metadata": {"b": "2"}})
    assert session.metadata is not None
    assert changed.metadata is not None
    assert (session.metadata["a"], changed.metadata["b"]) == ("1", "2")


def test_a_customers_default_card_is_one_of_their_own(donor: Donor, client: StripeClient) -> None:
    plan = donor.plan()
    card, customer = str(plan.default_payment_method), str(plan.customer)
    client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    found = client.v1.customers.retrieve(customer, {"expand": ["subscriptions"]})
    assert found.invoice_settings is not None
    assert found.invoice_settings.default_payment_method == card
    assert found.subscriptions is not None
    assert [each.id for each in found.subscriptions.data] == [plan.id]


def test_of_a_deleted_customer_the_id_is_left_and_no_plan(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    plan = donor.plan()
    customer = str(plan.customer)
    client.v1.customers.delete(customer)
    assert client.v1.subscriptions.retrieve(plan.id).status == "canceled"
    assert client.v1.customers.retrieve(customer).to_dict() == {
        "id": customer,
        "object": "customer",
        "deleted": True,
    }
    told = [event["type"] for event in sandbox.events()][-2:]
    assert told == ["customer.subscription.deleted", "customer.deleted"]


def test_who_is_deleted_cannot_be_deleted_or_changed_again(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    customer = str(donor.plan().customer)
    client.v1.customers.delete(customer)
    before = len(sandbox.events())
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.delete(customer)
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert len(sandbox.events()) == before


def test_a_plan_without_a_card_of_its_own_uses_the_customers(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    plan, invoice = failing(donor)
    card = sandbox.do(customers.replace_card, str(plan.customer), number=CARD)
    listed = client.v1.payment_methods.list({"customer": str(plan.customer)})
    assert card["id"] in [each.id for each in listed.data]
    client.v1.payment_methods.detach(str(plan.default_payment_method))
    assert client.v1.payment_methods.retrieve(card["id"]).customer == plan.customer
    assert client.v1.invoices.pay(invoice.id, {"payment_method": card["id"]}).status == "paid"


def test_an_invoice_that_is_tried_by_hand_says_so_when_it_fails(
    donor: Donor, client: StripeClient
) -> None:
    _, invoice = failing(donor)
    with pytest.raises(stripe.CardError) as caught:
        client.v1.invoices.pay(invoice.id)
    assert caught.value.http_status == 402
    assert client.v1.invoices.retrieve(invoice.id).attempt_count == 1


@pytest.mark.parametrize("ending", ["void", "uncollectible"])
def test_an_open_invoice_is_closed_without_money(
    donor: Donor, client: StripeClient, sandbox: Stripe, ending: str
) -> None:
    _, invoice = failing(donor)
    service = client.v1.invoices
    close = service.void_invoice if ending == "void" else service.mark_uncollectible
    assert close(invoice.id).status == ending
    sandbox.advance(5 * DAY)
    assert service.retrieve(invoice.id).attempt_count == 1
    with pytest.raises(stripe.InvalidRequestError, match=f"already {ending}"):
        service.pay(invoice.id)


@pytest.mark.parametrize(
    ("status", "found"), [(None, 1), ("all", 2), ("ended", 1), ("canceled", 1), ("past_due", 0)]
)
def test_plans_are_listed_by_their_state(
    donor: Donor, client: StripeClient, status: str | None, found: int
) -> None:
    donor.plan()
    client.v1.subscriptions.cancel(donor.plan().id)
    asked = cast(SubscriptionListParams, {"status": status} if status else {})
    assert len(client.v1.subscriptions.list(asked).data) == found


def test_a_weekly_price_is_made_of_a_product_that_there_is(client: StripeClient) -> None:
    product = client.v1.products.create({"name": "A gift"})
    params = {"currency": "eur", "unit_amount": 500, "product": product.id}
    price = client.v1.prices.create(
        cast(PriceCreateParams, params | {"recurring": {"interval": "week"}})
    )
    assert (price.type, price.product, price.active) == ("recurring", product.id, True)
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        client.v1.prices.create(cast(PriceCreateParams, params | {"product": "prod_none"}))


@pytest.mark.parametrize("behavior", ["keep_as_draft", "mark_uncollectible"])
def test_a_pause_leaves_its_invoices_as_it_says(
    donor: Donor,
    client: StripeClient,
    sandbox: Stripe,
    behavior: Literal["keep_as_draft", "mark_uncollectible"],
) -> None:
    plan = donor.plan()
    client.v1.subscriptions.update(plan.id, {"pause_collection": {"behavior": behavior}})
    sandbox.advance(32 * DAY)
    newest = client.v1.invoices.list({"subscription": plan.id}).data[0]
    assert (
        newest.status == {"keep_as_draft": "draft", "mark_uncollectible": "uncollectible"}[behavior]
    )


def test_a_plan_that_ends_leaves_no_draft(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    plan = donor.plan()
    sandbox.advance(plan["items"].data[0].current_period_end - sandbox.world.now())
    client.v1.subscriptions.cancel(plan.id)
    found = client.v1.invoices.list({"subscription": plan.id}).data
    assert [each.status for each in found] == ["void", "paid"]


def test_an_expansion_is_four_levels_deep_at_most(donor: Donor, client: StripeClient) -> None:
    intent = donor.gift()
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        client.v1.payment_intents.retrieve(intent.id, {"expand": ["a.b.c.d.e"]})


def test_an_endpoint_that_is_removed_gets_nothing_more(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    known = sandbox.listen(URL, SECRET)
    donor.client.v1.customers.create({})
    sandbox.courier.ready()
    sandbox.do(endpoints.remove, known["id"])
    donor.client.v1.customers.create({})
    sandbox.deliver()
    assert endpoint.bodies == []


def test_a_debit_in_another_currency_is_refused(donor: Donor) -> None:
    with pytest.raises(Refused, match="sepa_debit cannot pay in usd"):
        donor.gift("AT611904300234573201")


def test_a_session_takes_only_the_methods_it_allows(donor: Donor) -> None:
    session = donor.session(allowed_payment_method_types=["card"])
    with pytest.raises(Refused, match="does not take us_bank_account"):
        donor.pay(session.id, "000123456789")
