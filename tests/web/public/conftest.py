"""A visitor at a site that takes gifts."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from config.settings import Settings
from sandbox.stripe.server import Stripe
from tests.web.public import giving
from tests.web.public.giving import Visit


@pytest.fixture
def visit(settings: Settings, app: Flask) -> Iterator[Visit]:
    """Give a visitor, and the Stripe that the site leads them to."""
    with Stripe(port=0, now=int(time.time())) as stripe, giving.site(settings, stripe) as visit:
        yield visit
