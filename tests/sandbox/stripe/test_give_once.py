"""A gift from the product's request to the money in the balance."""

import pytest
import stripe
from stripe import StripeClient

from sandbox.stripe import paying
from sandbox.stripe.refusals import Refused
from sandbox.stripe.server import Stripe
from tests.sandbox.stripe.conftest import Donor, Endpoint


def test_a_new_session_is_open_and_leads_to_a_page_here(donor: Donor, sandbox: Stripe) -> None:
    session = donor.session(client_reference_id="g1", metadata={"gift": "g1"})
    assert session.id.startswith("cs_test_")
    assert session.url == f"{sandbox.base}/c/pay/{session.id}"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (2500, "usd")
    assert session.payment_intent is None
    assert session.client_reference_id == "g1"


def test_a_paid_session_has_its_intent_and_no_customer(donor: Donor, client: StripeClient) -> None:
    session = donor.session()
    intent = donor.pay(session.id)
    found = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (found.status, found.payment_status, found.customer) == ("complete", "paid", None)
    assert isinstance(found.payment_intent, stripe.PaymentIntent)
    assert found.payment_intent.id == intent.id
    assert (intent.status, intent.amount_received) == ("succeeded", 2500)
    assert intent.metadata["gift"] == "g1"


def test_the_fee_is_known_only_some_seconds_later(donor: Donor, sandbox: Stripe) -> None:
    intent = donor.gift()
    assert donor.charge(intent).balance_transaction is None
    sandbox.advance(2)
    entry = donor.charge(intent).balance_transaction
    assert isinstance(entry, str)
    found = donor.client.v1.balance_transactions.retrieve(entry)
    assert (found.amount, found.fee, found.net) == (2500, 103, 2397)
    assert (found.status, found.reporting_category) == ("pending", "charge")


def test_the_events_of_a_gift_come_signed_and_in_order(
    donor: Donor, sandbox: Stripe, endpoint: Endpoint
) -> None:
    donor.gift()
    sandbox.advance(2)
    sandbox.deliver()
    assert [name for name in endpoint.names() if not name.startswith("pr")] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


@pytest.mark.parametrize(
    ("number", "code", "decline"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000119", "processing_error", "processing_error"),
    ],
)
def test_after_a_decline_the_donor_may_try_again(
    donor: Donor, number: str, code: str, decline: str
) -> None:
    session = donor.session()
    declined = donor.pay(session.id, number)
    assert declined.status == "requires_payment_method"
    assert declined.last_payment_error is not None
    assert declined.last_payment_error.code == code
    assert declined.last_payment_error.decline_code == decline
    paid = donor.pay(session.id)
    assert (paid.id, paid.status) == (declined.id, "succeeded")


@pytest.mark.parametrize(
    ("passes", "status"), [(True, "succeeded"), (False, "requires_payment_method")]
)
def test_3d_secure_is_passed_or_not(donor: Donor, passes: bool, status: str) -> None:  # noqa: FBT001 - a case
    session = donor.session()
    assert donor.pay(session.id, "4000002760003184").status == "requires_action"
    intent = donor.sandbox.do(paying.authenticate, session.id, passes=passes)
    assert intent["status"] == status
    found = donor.client.v1.checkout.sessions.retrieve(session.id)
    assert found.status == ("complete" if passes else "open")


def test_a_bank_debit_is_complete_before_it_is_paid(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    session = donor.session()
    assert donor.pay(session.id, "000123456789").status == "processing"
    found = client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    sandbox.advance(4 * 24 * 3600)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert sandbox.events("checkout.session.async_payment_succeeded")


def test_a_bank_debit_may_fail_days_later(
    donor: Donor, sandbox: Stripe, client: StripeClient
) -> None:
    session = donor.session()
    intent = donor.pay(session.id, "000222222227")
    sandbox.advance(4 * 24 * 3600)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    assert len(sandbox.events("checkout.session.async_payment_failed")) == 1
    assert client.v1.balance_transactions.list().data == []


def test_a_session_runs_out(donor: Donor, sandbox: Stripe, client: StripeClient) -> None:
    session = donor.session()
    sandbox.advance(24 * 3600)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    with pytest.raises(Refused, match="expired"):
        donor.pay(session.id)
    assert len(sandbox.events("checkout.session.expired")) == 1


def test_an_open_session_can_be_expired_and_a_paid_one_not(
    donor: Donor, client: StripeClient
) -> None:
    assert client.v1.checkout.sessions.expire(donor.session().id).status == "expired"
    paid = donor.session()
    donor.pay(paid.id)
    with pytest.raises(stripe.InvalidRequestError, match="complete"):
        client.v1.checkout.sessions.expire(paid.id)


def test_a_foreign_payment_settles_in_our_currency_at_a_rate(donor: Donor, sandbox: Stripe) -> None:
    line = {"currency": "jpy", "unit_amount": 3000, "product_data": {"name": "A gift"}}
    intent = donor.gift(line_items=[{"quantity": 1, "price_data": line}])
    sandbox.advance(2)
    (entry,) = donor.client.v1.balance_transactions.list().data
    assert (intent.amount, intent.currency) == (3000, "jpy")
    assert (entry.amount, entry.currency, entry.exchange_rate) == (2010, "usd", 0.0067)
