"""A Stripe in a thread, the product's own gateway before it, and a donor who pays."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from payments.gateway import Intent, Session, Subscription
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from sandbox.stripe.things import Thing

KEY = "rk_test_0123456789abcdef"
OLD, NEW = "whsec_the_old_one", "whsec_the_new_one"
CARD = "4242424242424242"
HOUR = 3600


@dataclass
class Giver:
    """Asks for pages as the product does, and pays them."""

    stripe: StripeGateway
    sandbox: Stripe

    def request(self, *, interval: str | None = None, amount: int = 2500) -> Thing:
        """Return the frozen request of a gift, or of a plan."""
        price: Thing = {"currency": "eur", "unit_amount": amount, "product_data": {"name": "Gift"}}
        more: Thing = {"mode": "payment", "payment_intent_data": {"metadata": {"gift": "g1"}}}
        if interval:
            price["recurring"] = {"interval": interval}
            more = {"mode": "subscription", "subscription_data": {"metadata": {"plan": "p1"}}}
        return {
            "client_reference_id": "p1" if interval else "g1",
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": "http://127.0.0.1:8000/donate/thanks",
            "expires_at": self.sandbox.world.now() + HOUR,
            **more,
        }

    def session(self, key: str = "k1", **more: object) -> Session:
        return self.stripe.open_session(self.request() | more, key=key)

    def gift(self, number: str = CARD, key: str = "k1") -> Intent:
        """Give once."""
        paid = self.sandbox.do(paying.pay, self.session(key).id, number=number)
        return self.stripe.intent(paid["id"])

    def plan(self, interval: str = "month") -> Subscription:
        """Begin a plan."""
        asked = self.stripe.open_session(self.request(interval=interval), key=f"plan-{interval}")
        self.sandbox.do(paying.pay, asked.id, number=CARD)
        begun = self.stripe.session(asked.id).subscription_id
        assert begun
        return self.stripe.subscription(begun)


@pytest.fixture
def sandbox() -> Iterator[Stripe]:
    """Run a Stripe whose clock stands at now."""
    with Stripe(port=0, now=int(time.time())) as running:
        yield running


@pytest.fixture
def stripe(sandbox: Stripe) -> StripeGateway:
    """Give the product's gateway, set to the sandbox, while a secret is being replaced."""
    return StripeGateway(KEY, base=sandbox.base, secrets=(OLD, NEW), live=False)


@pytest.fixture
def giver(stripe: StripeGateway, sandbox: Stripe) -> Giver:
    """Give somebody who gives."""
    return Giver(stripe, sandbox)
