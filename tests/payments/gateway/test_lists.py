"""Lists are gone through to their end, from a moment on, the newest first."""

from datetime import UTC, datetime, timedelta

import pytest

from config import limits
from payments import stripe_lists
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from tests.payments.gateway.conftest import CARD, Giver

EVER = datetime.fromtimestamp(0, UTC)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe_lists, "_PAGE", 3)


def test_all_pages_are_read(giver: Giver, stripe: StripeGateway, small_pages: None) -> None:
    made = [giver.gift(CARD, f"k{number}").id for number in range(7)]
    assert [intent.id for intent in stripe.intents(since=EVER)] == made[::-1]
    assert len(list(stripe.sessions(since=EVER))) == 7


def test_what_is_older_is_left_out(giver: Giver, stripe: StripeGateway, sandbox: Stripe) -> None:
    giver.gift(CARD, "k1")
    sandbox.advance(3600)
    since = datetime.fromtimestamp(sandbox.world.now(), UTC)
    newer = giver.gift(CARD, "k2")
    assert [intent.id for intent in stripe.intents(since=since)] == [newer.id]
    assert list(stripe.balance_transactions(since=since)) == []
    assert list(stripe.sessions(since=since + timedelta(seconds=1))) == []


def test_events_name_their_object_and_nothing_of_it(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift()
    listed = {event.type: event for event in stripe.events(since=EVER)}
    told = listed["payment_intent.succeeded"]
    assert (told.object_kind, told.object_id) == ("payment_intent", intent.id)
    assert (told.livemode, told.api_version) == (False, "2026-10-28.endive")
    assert listed["checkout.session.completed"].object_kind == "checkout.session"


def test_a_page_is_as_large_as_stripe_gives() -> None:
    assert limits.STRIPE_PAGE == 100
