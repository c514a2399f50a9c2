"""The tasks around Stripe's events: what waits is applied, what was missed is fetched, no bell is in vain."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from config.settings import Settings
from db.session import transaction
from payments import dispatch
from payments.gateway import Gateway
from payments.models.events import EventState, StripeEvent
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.payments.events import recording
from tests.payments.gateway.conftest import KEY, Giver
from wiring import names
from wiring.core import CORE
from worker.tasks import stripe_events


@pytest.fixture
def giver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Giver]:
    """Switch donations on beside a real sandbox; what is applied the tests' own module notes down."""
    modules = cast(dict[str, Any], dispatch.MODULE_OF)
    for type_ in modules:
        monkeypatch.setitem(modules, type_, recording.NAME)
    core = app.extensions[CORE]
    with Stripe(port=0, now=int(time.time())) as sandbox:
        stripe = StripeGateway(KEY, base=sandbox.base, secrets=(), live=False)
        app.extensions[CORE] = replace(core, stripe=cast(Gateway, stripe))
        yield Giver(stripe, sandbox)
        app.extensions[CORE] = core
    recording.forget()


@pytest.fixture
def bells(settings: Settings) -> Iterator[redis.Redis]:
    """Give a client of the broker, its queues empty."""
    with redis.Redis.from_url(settings.redis_url.get_secret_value()) as client:
        client.delete(*set(names.QUEUE_OF.values()))
        yield client
        client.delete(*set(names.QUEUE_OF.values()))


def heard(bells: redis.Redis) -> str:
    """Return what waits in all queues."""
    queues = sorted(set(names.QUEUE_OF.values()))
    return str([bells.lrange(queue, 0, -1) for queue in queues])


def states() -> set[EventState]:
    with transaction() as session:
        return set(session.scalars(select(StripeEvent.state)))


def test_without_webhooks_sweeps_alone_apply_everything(giver: Giver, bells: redis.Redis) -> None:
    intent = giver.gift()
    giver.sandbox.advance(10)
    stripe_events.store_missed()
    assert names.APPLY_EVENTS in heard(bells)
    stripe_events.apply()
    assert states() == {EventState.DONE}
    assert {intent.id, intent.charge_id} <= set(recording.applied)
    assert names.SEND_TX in heard(bells)


def test_an_object_is_applied_once_for_all_that_ring_for_it(giver: Giver) -> None:
    giver.gift()
    stripe_events.store_missed()
    stripe_events.apply()
    stripe_events.apply()
    assert len(recording.applied) == len(set(recording.applied)) > 0


def test_where_nothing_happened_nobody_is_rung(giver: Giver, bells: redis.Redis) -> None:
    stripe_events.store_missed()
    stripe_events.apply()
    assert names.APPLY_EVENTS not in heard(bells)
    assert names.SEND_TX not in heard(bells)


def test_a_stripe_that_is_away_fails_no_task(giver: Giver) -> None:
    giver.sandbox.api.troubles.order(Trouble("busy", path="/v1/events", method="GET"))
    stripe_events.store_missed()
    assert states() == set()
    giver.gift()
    stripe_events.store_missed()
    assert states() == {EventState.NEW}


def test_where_donations_are_off_nothing_is_done(app: Flask) -> None:
    stripe_events.store_missed()
    stripe_events.apply()
    assert states() == set()
