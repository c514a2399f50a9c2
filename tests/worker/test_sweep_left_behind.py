"""The task that settles what was left behind between us and Stripe: refunds whose answer never came."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from config import limits
from db.session import transaction
from payments import refunding
from payments.models.money import Refund
from sandbox.stripe.server import Stripe
from tests.cast import hire
from tests.payments.applying import seen
from tests.payments.applying.till import Till, opened
from wiring.core import CORE
from worker.tasks import checkouts


@pytest.fixture
def till(app: Flask) -> Iterator[Till]:
    """Give a till, and switch donations on beside its Stripe."""
    core = app.extensions[CORE]
    with Stripe() as sandbox:
        till = Till(sandbox, opened(sandbox.base))
        app.extensions[CORE] = replace(core, stripe=till.gateway)
        yield till
        app.extensions[CORE] = core


def test_a_refund_that_was_left_behind_is_made_by_the_task(till: Till) -> None:
    gift, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    asked = datetime.now(UTC) - timedelta(seconds=limits.REFUND_REST_SECONDS + 1)
    bo = hire("bo", "finance")
    with transaction() as session:
        refunding.ask(session, gift.given_id, 1000, staff_id=bo.id, now=asked)
    checkouts.sweep_refunds()
    assert [(each.amount, each.status) for each in seen.every(Refund)] == [(1000, "succeeded")]


def test_where_no_gifts_are_taken_the_task_does_nothing(app: Flask) -> None:
    checkouts.sweep()
    checkouts.sweep_refunds()
    assert seen.every(Refund) == []
