"""Stripe tells the running house of a gift: over HTTP, signed, through the worker, to the receipt."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from db.session import transaction
from payments import checkouts, giving
from payments.models.events import EventState, StripeEvent
from payments.models.giving import Checkout, Donation, DonationState
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from tests import processes
from tests.cast import BORIS
from tests.journeys.conftest import House
from tests.payments.begin.conftest import KEY, wish
from wiring import names
from wiring.core import core

pytestmark = pytest.mark.journey

SECRET = "whsec_between_two_processes"
CARD = "4242424242424242"


@pytest.fixture
def sandbox() -> Iterator[Stripe]:
    """Run a Stripe whose clock stands at now."""
    with Stripe(port=0, now=int(time.time())) as running:
        yield running


@pytest.fixture
def told(sandbox: Stripe) -> dict[str, str]:
    """Switch donations on."""
    return {
        "STRIPE_API_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": f"whsec_of_last_year {SECRET}",
        "STRIPE_API_BASE": sandbox.base,
    }


def give(sandbox: Stripe) -> int:
    """Give as a visitor does, and pay on Stripe's page; return the donation's number."""
    now = datetime.now(UTC)
    with transaction() as session:
        given = giving.begin(session, wish(), now=now)
        asked = checkouts.prepare(
            session, given, base_url="http://127.0.0.1", organisation="Example", now=now
        )
        donation_id, checkout_id = given.id, asked.id
    stripe = StripeGateway(KEY, base=sandbox.base, secrets=(), live=False)
    checkouts.open_(stripe, transaction, checkout_id, now=now)
    with transaction() as session:
        session_id = session.get_one(Checkout, checkout_id).session_id
    assert session_id
    sandbox.do(paying.pay, session_id, number=CARD)
    sandbox.advance(2)
    return donation_id


def waiting() -> int:
    with transaction() as session:
        new = StripeEvent.state == EventState.NEW
        return session.scalar(select(func.count()).select_from(StripeEvent).where(new)) or 0


def is_paid(donation_id: int) -> bool:
    with transaction() as session:
        return session.get_one(Donation, donation_id).state is DonationState.PAID


def test_a_gift_is_told_of_applied_and_thanked_for(house: House, sandbox: Stripe) -> None:
    donation_id = give(sandbox)
    sandbox.listen(f"{house.url}/hooks/stripe", SECRET)
    assert {each["state"] for each in sandbox.deliver()} == {"delivered"}
    processes.wait_until(lambda: is_paid(donation_id) and not waiting())
    receipt = house.mailbox.newest_to(BORIS)
    assert [part.get_content_type() for part in receipt.iter_attachments()] == ["application/pdf"]


def test_where_no_webhook_comes_stripe_is_asked(house: House, sandbox: Stripe) -> None:
    donation_id = give(sandbox)
    core().bell.ring(names.LIST_EVENTS)
    processes.wait_until(lambda: is_paid(donation_id))
    assert house.mailbox.newest_to(BORIS)["To"] == BORIS
