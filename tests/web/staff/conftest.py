"""What tests of the console's money share: a console beside a sandbox's Stripe."""

from collections.abc import Iterator

import pytest
from flask import Flask

from config.settings import Settings
from sandbox.stripe.server import Stripe
from tests.payments.applying.till import Till, opened
from tests.web.public import giving
from tests.web.staff import members
from tests.web.staff.money import Counter


@pytest.fixture
def counter(app: Flask, settings: Settings) -> Iterator[Counter]:
    """Give a console that takes gifts, with Bo of finance signed in, and a till."""
    with Stripe() as sandbox, giving.site(settings, sandbox) as visit:
        bo = members.of(visit.app, "bo", "finance")
        yield Counter(visit.app, Till(sandbox, opened(sandbox.base)), bo)


@pytest.fixture
def till_only(app: Flask) -> Iterator[Till]:
    """Give a till; the console of `app` itself is connected to no Stripe."""
    with Stripe() as sandbox:
        yield Till(sandbox, opened(sandbox.base))
