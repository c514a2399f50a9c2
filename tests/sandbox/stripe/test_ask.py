"""Requests as Stripe takes them, and refusals as Stripe gives them."""

from typing import cast

import pytest
import stripe
from stripe import StripeClient
from stripe.params.checkout import SessionCreateParams

from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from tests.sandbox.stripe.conftest import Donor


def refusal(donor: Donor, **more: object) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        donor.session(**more)
    return caught.value


def line(**more: object) -> list[Thing]:
    data = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "A gift"}, **more}
    return [{"quantity": 1, "price_data": data}]


@pytest.mark.parametrize(
    ("params", "param", "code"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
        (
            {"subscription_data": {"add_invoice_items": ["x"]}},
            "subscription_data[add_invoice_items]",
            "parameter_unknown",
        ),
        ({"ui_mode": "hosted"}, "ui_mode", None),
        ({"submit_type": "give"}, "submit_type", None),
        ({"mode": "subscription"}, "payment_intent_data", None),
        ({"success_url": ""}, "success_url", "parameter_invalid_empty"),
        ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
        ({"customer": "cus_none"}, "customer", "resource_missing"),
        (
            {"line_items": line(unit_amount="5.00")},
            "line_items[0][price_data][unit_amount]",
            "parameter_invalid_integer",
        ),
        ({"line_items": line(recurring={"interval": "month"})}, "line_items[0][price]", None),
        (
            {"line_items": line(currency="")},
            "line_items[0][price_data][currency]",
            "parameter_invalid_empty",
        ),
        ({"line_items": line(unit_amount=10)}, None, "amount_too_small"),
        (
            {"line_items": line(currency="kwd", unit_amount=2501)},
            "line_items[0][price_data][unit_amount]",
            None,
        ),
        ({"line_items": line() + line(currency="eur")}, "line_items", "currency_mixed"),
        ({"customer_email": "a@example.org", "customer": "cus_x"}, "customer", None),
        ({"metadata": {"k" * 41: "v"}}, "metadata", "invalid_metadata_key"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", "invalid_metadata_value"),
    ],
)
def test_a_session_that_stripe_would_refuse_is_refused(
    donor: Donor, params: Thing, param: str | None, code: str | None
) -> None:
    refused = refusal(donor, **params)
    assert (refused.http_status, refused.param, refused.code) == (400, param, code)
    assert donor.client.v1.products.list().data == []


@pytest.mark.parametrize("seconds", [60, 25 * 3600])
def test_a_session_lasts_half_an_hour_to_a_day(donor: Donor, sandbox: Stripe, seconds: int) -> None:
    refused = refusal(donor, expires_at=sandbox.world.now() + seconds)
    assert refused.param == "expires_at"


def test_what_is_missing_is_named(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"Missing required param: name"):
        client.v1.products.create(cast(stripe.params.ProductCreateParams, {}))


def test_an_unknown_parameter_is_told_in_stripes_words(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(cast(SessionCreateParams, {"colour": "red"}))
    assert str(caught.value).endswith("Received unknown parameter: colour")
    assert caught.value.request_id is not None


def test_what_is_not_there_is_404(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.charges.retrieve("ch_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_an_endpoint_that_is_not_served_is_404_in_json(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.coupons.list()


@pytest.mark.parametrize(
    "key", ["sk_live_0123456789abcdef", "rk_live_0123456789abcdef", "nonsense"]
)
def test_only_test_keys_are_taken(sandbox: Stripe, key: str) -> None:
    client = StripeClient(key, base_addresses={"api": sandbox.base})
    with pytest.raises(stripe.AuthenticationError, match="test keys only"):
        client.v1.events.list()


def test_another_version_is_refused(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="2019-05-16"):
        client.v1.events.list(options={"stripe_version": "2019-05-16"})


def test_pages_lead_through_a_list_the_newest_first(client: StripeClient) -> None:
    made = [client.v1.customers.create({"name": f"{n}"}).id for n in range(7)]
    page = client.v1.customers.list({"limit": 3})
    assert ([each.id for each in page.data], page.has_more) == (made[:3:-1], True)
    every = [each.id for each in client.v1.customers.list({"limit": 3}).auto_paging_iter()]
    assert every == made[::-1]
    back = client.v1.customers.list({"limit": 3, "ending_before": made[0]})
    assert ([each.id for each in back.data], back.has_more) == ([made[3], made[2], made[1]], True)


def test_lists_are_cut_by_time(client: StripeClient, sandbox: Stripe) -> None:
    old = client.v1.customers.create({}).id
    sandbox.advance(100)
    new = client.v1.customers.create({}).id
    after = client.v1.customers.list({"created": {"gt": sandbox.world.now() - 100}}).data
    before = client.v1.customers.list({"created": {"lt": sandbox.world.now()}}).data
    assert ([each.id for each in after], [each.id for each in before]) == ([new], [old])


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_one_to_a_hundred(client: StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        client.v1.customers.list({"limit": limit})


def test_paths_expand_through_objects_and_lists(donor: Donor, sandbox: Stripe) -> None:
    intent = donor.gift()
    sandbox.advance(2)
    path = "latest_charge.balance_transaction"
    found = donor.client.v1.payment_intents.retrieve(intent.id, {"expand": [path]})
    assert isinstance(found.latest_charge, stripe.Charge)
    assert isinstance(found.latest_charge.balance_transaction, stripe.BalanceTransaction)
    listed = donor.client.v1.payment_intents.list({"expand": [f"data.{path}"]}).data[0]
    assert isinstance(listed.latest_charge, stripe.Charge)


def test_what_cannot_be_expanded_is_refused(donor: Donor) -> None:
    intent = donor.gift()
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        donor.client.v1.payment_intents.retrieve(intent.id, {"expand": ["currency"]})


def test_events_are_kept_for_thirty_days(client: StripeClient, sandbox: Stripe) -> None:
    client.v1.customers.create({})
    sandbox.advance(29 * 24 * 3600)
    assert [event.type for event in client.v1.events.list().data] == ["customer.created"]
    sandbox.advance(24 * 3600)
    assert client.v1.events.list().data == []


def test_events_are_listed_by_type_and_by_delivery(donor: Donor, sandbox: Stripe) -> None:
    donor.gift()
    events = donor.client.v1.events
    wanted = ["charge.succeeded", "payment_intent.succeeded"]
    assert {event.type for event in events.list({"types": wanted}).data} == set(wanted)
    sandbox.courier.ready()
    assert events.list({"delivery_success": True}).data == []
    sandbox.deliver()
    assert events.list({"delivery_success": False}).data == []
    assert events.list({"type": "charge.*"}).data[0].request is not None
