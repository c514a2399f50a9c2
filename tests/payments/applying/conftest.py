"""A till over a real sandbox, and what the other rooms keep of it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from sandbox.stripe.server import Stripe
from tests.payments.applying.till import Till, opened


@pytest.fixture
def till(app: Flask) -> Iterator[Till]:
    """Give a till beside a sandbox that nobody has used."""
    with Stripe() as sandbox:
        yield Till(sandbox, opened(sandbox.base))
