"""Boris, who gave once and gives each month, over a real sandbox."""

from collections.abc import Iterator

import pytest
from flask import Flask

from sandbox.stripe.server import Stripe
from tests.payments.applying.till import Till, opened
from tests.payments.erasing.leaver import Leaver
from tests.payments.plans.giver import Giver


@pytest.fixture
def boris(app: Flask) -> Iterator[Leaver]:
    """Give a donor to be, beside a sandbox that nobody has used."""
    with Stripe() as sandbox:
        stripe = opened(sandbox.base)
        said = {"name": "Boris Canary", "message": "For the canaries"}
        yield Leaver(Giver(sandbox, stripe, said=said), Till(sandbox, stripe))
