"""Every object has the fields that the SDK's class of it names, and no others."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
import stripe
from stripe import checkout, radar
from stripe.checkout import Session

from sandbox.stripe import disputes, refunds
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing
from sandbox.stripe.world import API_VERSION
from tests.sandbox.stripe.conftest import Donor

CLASSES: dict[str, Any] = {
    "checkout.session": Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "radar.early_fraud_warning": radar.EarlyFraudWarning,
    "customer": stripe.Customer,
    "payment_method": stripe.PaymentMethod,
    "product": stripe.Product,
    "price": stripe.Price,
    "subscription": stripe.Subscription,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "balance_transaction": stripe.BalanceTransaction,
    "payout": stripe.Payout,
    "event": stripe.Event,
    "billing_portal.session": stripe.billing_portal.Session,
}


def nested(thing: Thing) -> Iterator[tuple[str, Any, Thing]]:
    """Go through the objects that lie in others."""
    if thing["object"] == "subscription":
        yield "item", stripe.SubscriptionItem, thing["items"]["data"][0]
        yield "plan", stripe.Plan, thing["items"]["data"][0]["plan"]
        yield "ends", stripe.Subscription.CancellationDetails, thing["cancellation_details"]
    if thing["object"] == "invoice":
        yield "line", stripe.InvoiceLineItem, thing["lines"]["data"][0]
        yield "parent", stripe.Invoice.Parent, thing["parent"]
    if thing["object"] == "invoice_payment":
        yield "payment", stripe.InvoicePayment.Payment, thing["payment"]
    if thing["object"] == "charge":
        yield "outcome", stripe.Charge.Outcome, thing["outcome"]
    if thing["object"] == "dispute":
        yield "evidence", stripe.Dispute.EvidenceDetails, thing["evidence_details"]


@pytest.fixture
def everything(donor: Donor, sandbox: Stripe) -> dict[str, Thing]:
    """Let everything happen once, and give the last object of each kind."""
    gift = donor.gift()
    customer = donor.plan().customer
    assert isinstance(customer, str)
    donor.client.v1.billing_portal.sessions.create({"customer": customer})
    sandbox.advance(4 * 24 * 3600)
    charge = donor.charge(gift).id
    sandbox.do(disputes.warn, charge)
    sandbox.do(refunds.create, {"charge": charge, "amount": 100})
    sandbox.do(disputes.begin, charge)
    with sandbox.world.turn() as world:
        return {kind: world.show(list(world.shelf.all(kind))[-1]) for kind in CLASSES}


def required(shape: Any) -> set[str]:
    """Name the fields that are always there: all but those that the SDK calls `Optional`."""
    hints = {name: get_args(hint) for name, hint in shape.__annotations__.items()}
    optional = {name for name, args in hints.items() if len(args) == 2 and type(None) in args}
    return hints.keys() - optional - {"OBJECT_NAME"}


@pytest.mark.parametrize("kind", CLASSES)
def test_an_object_has_the_fields_of_its_class(everything: dict[str, Thing], kind: str) -> None:
    thing = everything[kind]
    for name, shape, found in [(kind, CLASSES[kind], thing), *nested(thing)]:
        assert (name, found.keys() - shape.__annotations__.keys()) == (name, set())
        assert (name, required(shape) - found.keys()) == (name, set())


@pytest.mark.parametrize("kind", CLASSES)
def test_no_object_shows_what_is_the_sandboxs_own(everything: dict[str, Thing], kind: str) -> None:
    assert [name for name in everything[kind] if name.startswith("_")] == []


def test_a_line_item_looks_like_one(donor: Donor) -> None:
    session = donor.session()
    (line,) = donor.client.v1.checkout.sessions.line_items.list(session.id).data
    assert (line.amount_total, line.description, line.quantity) == (2500, "A gift", 1)
    found = donor.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert isinstance(found, checkout.Session)
    assert found.line_items is not None
    assert found.line_items.data[0].id == line.id


def test_the_sandbox_speaks_the_version_of_the_installed_sdk() -> None:
    assert stripe.api_version == API_VERSION


def test_every_event_that_is_made_is_one_that_stripe_makes(
    everything: dict[str, Thing], sandbox: Stripe
) -> None:
    known = set(get_args(stripe.Event.__annotations__["type"]))
    assert {event["type"] for event in sandbox.events()} <= known
