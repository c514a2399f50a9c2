"""A sandbox Stripe, the real client before it, and an endpoint that remembers what it was sent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import pytest
import stripe
from stripe import StripeClient
from stripe.params.checkout import SessionCreateParams

from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing

stripe.enable_telemetry = False

KEY = "sk_test_0123456789abcdef"
SECRET = "whsec_made_up_for_tests"
URL = "http://127.0.0.1:1/hook"
CARD = "4242424242424242"


@dataclass
class Endpoint:
    """What a webhook would be: it takes everything, unless `statuses` says otherwise."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        assert url == URL
        self.bodies.append(body)
        self.signatures.append(headers["Stripe-Signature"])
        return self.statuses.pop(0) if self.statuses else 200

    def events(self) -> list[stripe.Event]:
        """Read what has come as the product would."""
        pairs = zip(self.bodies, self.signatures, strict=True)
        return [stripe.Webhook.construct_event(body, sign, SECRET) for body, sign in pairs]

    def names(self) -> list[str]:
        return [event.type for event in self.events()]


@dataclass
class Donor:
    """Asks for sessions as the product does, and pays them."""

    client: StripeClient
    sandbox: Stripe

    def session(self, **more: object) -> stripe.checkout.Session:
        line = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "A gift"}}
        params: Thing = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": line}],
            "payment_intent_data": {"metadata": {"gift": "g1"}},
            "success_url": "http://127.0.0.1/thanks",
        }
        return self.client.v1.checkout.sessions.create(cast(SessionCreateParams, params | more))

    def plan(self, interval: str = "month", number: str = CARD) -> stripe.Subscription:
        """Begin a plan, and give it."""
        line = {
            "currency": "usd",
            "unit_amount": 1000,
            "product_data": {"name": "A gift"},
            "recurring": {"interval": interval},
        }
        params: Thing = {
            "mode": "subscription",
            "line_items": [{"quantity": 1, "price_data": line}],
            "subscription_data": {"metadata": {"plan": "p1"}},
            "success_url": "http://127.0.0.1/thanks",
        }
        session = self.client.v1.checkout.sessions.create(cast(SessionCreateParams, params))
        self.pay(session.id, number)
        found = self.client.v1.checkout.sessions.retrieve(session.id).subscription
        assert isinstance(found, str)
        return self.client.v1.subscriptions.retrieve(found)

    def pay(self, session_id: str, number: str = CARD) -> stripe.PaymentIntent:
        intent = self.sandbox.do(paying.pay, session_id, number=number)
        return self.client.v1.payment_intents.retrieve(intent["id"])

    def gift(self, number: str = CARD, **more: object) -> stripe.PaymentIntent:
        """Give once."""
        return self.pay(self.session(**more).id, number)

    def charge(self, intent: stripe.PaymentIntent) -> stripe.Charge:
        """Give the intent's charge as it is now."""
        assert isinstance(intent.latest_charge, str)
        return self.client.v1.charges.retrieve(intent.latest_charge)


@pytest.fixture
def endpoint() -> Endpoint:
    """Give an endpoint that takes everything."""
    return Endpoint()


@pytest.fixture
def sandbox(endpoint: Endpoint) -> Iterator[Stripe]:
    """Run a Stripe that sends its events to the endpoint."""
    with Stripe(post=endpoint.post) as running:
        running.listen(URL, SECRET)
        yield running


@pytest.fixture
def client(sandbox: Stripe) -> StripeClient:
    """Give the real client, set to the sandbox."""
    return StripeClient(KEY, base_addresses={"api": sandbox.base})


@pytest.fixture
def donor(client: StripeClient, sandbox: Stripe) -> Donor:
    """Give somebody who gives."""
    return Donor(client, sandbox)
