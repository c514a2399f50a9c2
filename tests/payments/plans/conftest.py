"""A giver over a real sandbox."""

from collections.abc import Iterator

import pytest
from flask import Flask

from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from tests.payments.plans.giver import Giver


@pytest.fixture
def giver(app: Flask) -> Iterator[Giver]:
    """Give a giver beside a sandbox that nobody has used."""
    with Stripe() as sandbox:
        asked = StripeGateway(
            "sk_test_0123456789abcdef", base=sandbox.base, secrets=("whsec_x",), live=False
        )
        yield Giver(sandbox, asked)
