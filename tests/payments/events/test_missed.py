"""What no webhook told of is in Stripe's list, which is read from where the last reading came to."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from config import limits
from db.session import transaction
from payments import dispatch, gateway, missed_events
from payments.models.events import Cursor, EventState, Source, StripeEvent
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.payments.events.conftest import store, told
from tests.payments.gateway.conftest import CARD, KEY, Giver

DAY = 24 * 3600


@pytest.fixture
def sandbox() -> Iterator[Stripe]:
    """Run a Stripe whose webhooks go nowhere."""
    with Stripe(port=0, now=int(time.time())) as running:
        yield running


@pytest.fixture
def giver(sandbox: Stripe) -> Giver:
    """Give somebody who gives."""
    return Giver(StripeGateway(KEY, base=sandbox.base, secrets=(), live=False), sandbox)


def sweep(giver: Giver) -> int:
    now = datetime.fromtimestamp(giver.sandbox.world.now(), UTC)
    return missed_events.store(transaction, giver.stripe, now=now)


def kept() -> dict[str, StripeEvent]:
    with transaction() as session:
        return {event.id: event for event in session.scalars(select(StripeEvent))}


def cursor() -> datetime | None:
    with transaction() as session:
        found = session.get(Cursor, missed_events.CURSOR)
        return found.at if found else None


def wanted(giver: Giver) -> set[str]:
    return {event["id"] for event in giver.sandbox.events(*dispatch.WANTED)}


def test_what_we_apply_is_stored_and_the_rest_is_not(giver: Giver) -> None:
    giver.gift()
    giver.sandbox.advance(10)
    assert sweep(giver) == len(wanted(giver)) > 0
    assert set(kept()) == wanted(giver)
    for event in kept().values():
        assert (event.source, event.body_sha256) == (Source.SWEEP, None)
        assert event.state is EventState.NEW


def test_a_second_sweep_finds_what_is_new_alone(giver: Giver) -> None:
    giver.gift()
    sweep(giver)
    assert sweep(giver) == 0
    giver.sandbox.advance(40 * DAY)
    giver.gift(CARD, "k2")
    assert sweep(giver) > 0
    assert set(kept()) >= wanted(giver)


def test_what_a_webhook_told_of_stays_as_it_is(giver: Giver) -> None:
    giver.gift()
    known = min(wanted(giver))
    store(told(known))
    assert sweep(giver) == len(wanted(giver)) - 1
    assert kept()[known].source is Source.WEBHOOK


def test_a_quiet_stripe_moves_no_cursor(giver: Giver) -> None:
    assert (sweep(giver), cursor()) == (0, None)


def test_the_cursor_stands_at_the_newest_event(giver: Giver) -> None:
    giver.gift()
    sweep(giver)
    assert cursor() == max(event.made_at for event in kept().values())


def test_an_hour_before_the_cursor_is_read_again(giver: Giver) -> None:
    giver.gift()
    sweep(giver)
    with transaction() as session:
        session.get_one(Cursor, missed_events.CURSOR).at += timedelta(
            seconds=limits.EVENTS_OVERLAP_SECONDS
        )
        session.delete(session.get_one(StripeEvent, min(kept())))
    assert sweep(giver) == 1


def test_a_list_that_breaks_off_moves_no_cursor(
    giver: Giver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.stripe_lists._PAGE", 5)
    monkeypatch.setattr(limits, "EVENTS_STORED_AT_ONCE", 1)
    for number in range(3):
        giver.gift(CARD, f"k{number}")
    path = "/v1/events"
    giver.sandbox.api.troubles.order(Trouble("slow", path=path, method="GET"))
    giver.sandbox.api.troubles.order(Trouble("busy", path=path, method="GET"))
    with pytest.raises(gateway.TemporaryFailure):
        sweep(giver)
    assert cursor() is None
    assert 0 < len(kept()) < len(wanted(giver))
    sweep(giver)
    assert set(kept()) == wanted(giver)
