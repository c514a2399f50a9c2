"""A gift that is paid twice is worth once: its last receipt says what is left, in whatever order we hear."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments.applying import intents, refunds
from payments.models.giving import Checkout
from payments.models.receipts import Receipt
from payments.proving.ground import Ground
from tests.payments.properties import scene
from tests.payments.sweeping.test_sweep_objects import CARD, gives


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    """Give a sandbox Stripe on which one gift was paid at two pages, and the first payment given back."""
    with scene.ground(app, 0) as ground:
        gives(ground)
        with transaction() as session:
            asked = session.scalars(select(Checkout.request)).one()
        twin = ground.stripe.open_session(asked, key="twin").id
        ground.operator.do(f"sessions/{twin}/pay", number=CARD)
        _, first = ground.stripe.intents(since=ground.now())
        ground.operator.do("refunds", payment_intent=first.id)
        yield ground


def apply(ground: Ground, order: str) -> list[int]:
    """Apply both payments and the refund in an order; return what the receipts say, one after another."""
    second, first = (each.id for each in ground.stripe.intents(since=ground.now()))
    (refund,) = ground.stripe.refunds(since=ground.now())
    for which in order:
        module, id_ = {
            "1": (intents, first), "2": (intents, second), "r": (refunds, refund.id)
        }[which]  # fmt: skip
        snapshot = module.fetch(ground.stripe, id_)
        with transaction() as session:
            module.apply(session, snapshot, now=ground.now())
    with transaction() as session:
        return list(session.scalars(select(Receipt.amount).order_by(Receipt.id)))


@pytest.mark.parametrize("order", ["12r", "1r2", "21r", "2r1", "r12", "r21"])
def test_the_last_receipt_says_what_is_left(ground: Ground, order: str) -> None:
    assert apply(ground, order)[-1] == 2_500
