"""A gift at Stripe: its page, its payment, its charge, its line in the books."""

from datetime import UTC, datetime

import pytest

from payments import gateway
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from tests.payments.gateway.conftest import CARD, HOUR, Giver


def test_a_page_is_opened_as_the_frozen_request_says(giver: Giver) -> None:
    made = giver.session()
    assert (made.status, made.payment_status, made.mode) == ("open", "unpaid", "payment")
    assert (made.reference, made.amount, made.currency) == ("g1", 2500, "EUR")
    assert (made.payment_intent_id, made.subscription_id, made.customer_id) == (None, None, None)
    assert made.url is not None
    assert made.expires_at == datetime.fromtimestamp(giver.sandbox.world.now() + HOUR, UTC)


def test_the_same_key_opens_the_same_page(giver: Giver) -> None:
    assert giver.session("k1") == giver.session("k1") != giver.session("k2")


def test_the_same_key_with_another_request_is_refused(giver: Giver) -> None:
    giver.session("k1")
    with pytest.raises(gateway.PermanentFailure, match="Idempotency"):
        giver.session("k1", client_reference_id="other")


def test_a_page_is_found_again_with_what_paid_it(giver: Giver, stripe: StripeGateway) -> None:
    asked = giver.session()
    paid = giver.sandbox.do(paying.pay, asked.id, number=CARD)
    found = stripe.session(asked.id)
    assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
    assert found.payment_intent_id == paid["id"]


def test_an_intent_says_whose_it_is_and_what_has_come(giver: Giver) -> None:
    intent = giver.gift()
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 2500, "EUR")
    assert (intent.reference, intent.failure) == ("g1", None)
    assert intent.made_at.tzinfo is UTC


def test_a_refused_card_is_named_by_its_code(giver: Giver) -> None:
    intent = giver.gift("4000000000000002")
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert intent.failure == "card_declined"


def test_the_line_in_the_books_comes_after_the_charge(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift()
    assert intent.charge_id
    early = stripe.charge(intent.charge_id)
    assert (early.balance_transaction_id, early.method) == (None, "card")
    giver.sandbox.advance(10)
    late = stripe.charge(intent.charge_id)
    assert (late.payment_intent_id, late.amount, late.currency) == (intent.id, 2500, "EUR")
    assert late.balance_transaction_id
    line = stripe.balance_transaction(late.balance_transaction_id)
    assert (line.source_id, line.net) == (late.id, line.amount - line.fee)
    assert (line.type, line.reporting_category, line.balance_type) == (
        "charge",
        "charge",
        "payments",
    )


def test_a_gift_that_settles_in_another_currency_names_the_rate(
    giver: Giver, stripe: StripeGateway
) -> None:
    price = {"currency": "sek", "unit_amount": 5000, "product_data": {"name": "Gift"}}
    asked = giver.session(line_items=[{"quantity": 1, "price_data": price}])
    giver.sandbox.do(paying.pay, asked.id, number=CARD)
    giver.sandbox.advance(10)
    (line,) = stripe.balance_transactions()
    assert line.currency != "SEK"
    assert line.exchange_rate is not None
    assert len(str(line.exchange_rate)) < 12


def test_an_open_page_is_made_unpayable(giver: Giver, stripe: StripeGateway) -> None:
    ended = stripe.expire_session(giver.session().id)
    assert (ended.status, ended.url) == ("expired", None)
    assert stripe.expire_session(ended.id) == ended


def test_a_page_that_was_paid_stays_so(giver: Giver, stripe: StripeGateway) -> None:
    asked = giver.session()
    giver.sandbox.do(paying.pay, asked.id, number=CARD)
    assert stripe.expire_session(asked.id).status == "complete"


def test_a_debit_is_on_its_way_for_days(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift("AT611904300234573201")
    assert (intent.status, intent.amount_received) == ("processing", 0)
    giver.sandbox.advance(5 * 24 * HOUR)
    assert stripe.intent(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    "name",
    [
        "session", "intent", "charge", "invoice", "subscription", "refund_of", "dispute",
        "fraud_warning", "payout", "balance_transaction", "cancel", "expire_session",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(stripe: StripeGateway, name: str) -> None:
    with pytest.raises(gateway.NotFound) as caught:
        getattr(stripe, name)("xx_nothing")
    assert caught.value.code == "resource_missing"


def test_stripe_hears_nothing_of_this_machine(giver: Giver, sandbox: Stripe) -> None:
    giver.gift()
    heard = [request.headers for request, _ in sandbox.api.heard]
    assert len(heard) >= 2
    for headers in heard:
        assert "x-stripe-client-telemetry" not in headers
        assert "telemetry_id" not in headers["x-stripe-client-user-agent"]
        assert "platform" not in headers["x-stripe-client-user-agent"]
        assert headers["stripe-version"] == gateway.API_VERSION
