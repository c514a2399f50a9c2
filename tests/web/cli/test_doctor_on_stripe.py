"""`flask doctor` says which Stripe is asked, whether it answers, and how its events stand."""

import contextvars
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from pydantic import SecretStr

from config import limits
from db.session import transaction
from payments import events
from payments.gateway import API_VERSION, Event
from payments.models.events import EventState, Source, StripeEvent
from sandbox.stripe.server import Stripe

Told = Callable[..., dict[str, Any]]
KEY = "rk_test_0123456789"


@pytest.fixture
def told(build: Callable[..., Flask], app: Flask) -> Iterator[Told]:
    """Run the command where donations are on, beside a Stripe that answers; return what it prints."""
    with Stripe() as sandbox:

        def run(**changes: object) -> dict[str, Any]:
            given = {
                "stripe_api_key": SecretStr(KEY),
                "stripe_webhook_secret": SecretStr("whsec_made_up"),
                "stripe_api_base": sandbox.base,
            }
            runner = build(**given | changes).test_cli_runner()
            done = contextvars.Context().run(runner.invoke, args=["doctor", "--json"])
            printed: dict[str, Any] = json.loads(done.stdout)
            return printed

        yield run


def store(*, version: str = API_VERSION, ago: timedelta = timedelta()) -> None:
    now = datetime.now(UTC) - ago
    event = Event("evt_1", "refund.created", "refund", "re_1", version, False, now)  # noqa: FBT003 - a test's event
    with transaction() as session:
        events.store(session, event, source=Source.WEBHOOK, body=b"", now=now)


def test_a_sound_stripe_is_named_without_its_secrets(told: Told) -> None:
    said = told()
    assert (said["checks"]["stripe"], said["checks"]["stripe events"]) == ([], [])
    assert said["notes"]["stripe"].startswith("test key, http://127.0.0.1:")
    assert KEY not in json.dumps(said)
    assert "whsec" not in json.dumps(said)


def test_without_a_key_donations_are_off(told: Told) -> None:
    said = told(stripe_api_key=None)
    assert said["checks"]["stripe"] == []
    assert "nobody is asked" in said["notes"]["stripe"]


def test_two_secrets_are_one_being_replaced(told: Told) -> None:
    said = told(stripe_webhook_secret=SecretStr("whsec_the_old whsec_the_new"))
    assert said["notes"]["stripe"].endswith("secrets: 2, one of them being replaced")


def test_a_missing_secret_is_a_fault(told: Told) -> None:
    (fault,) = told(stripe_webhook_secret=None)["checks"]["stripe"]
    assert fault.startswith("STRIPE_WEBHOOK_SECRET is missing")


def test_a_stripe_that_does_not_answer_is_a_fault(told: Told) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (fault,) = told(stripe_api_base=f"http://127.0.0.1:{port}")["checks"]["stripe"]
    assert "STRIPE_API_BASE" in fault


def test_a_key_that_is_not_taken_is_a_fault(told: Told) -> None:
    (fault,) = told(stripe_api_key=SecretStr("rk_live_0123456789"))["checks"]["stripe"]
    assert "STRIPE_API_KEY" in fault


def test_an_endpoint_of_another_version_is_a_fault(told: Told) -> None:
    store(version="2019-05-16")
    (fault,) = told()["checks"]["stripe events"]
    assert "2019-05-16" in fault
    assert API_VERSION in fault


def test_an_event_that_waits_too_long_is_a_fault(told: Told) -> None:
    store(ago=timedelta(seconds=limits.EVENT_LATE_SECONDS + 60))
    (fault,) = told()["checks"]["stripe events"]
    assert "has waited since" in fault


def test_the_last_event_of_each_type_and_the_backlog_are_noted(told: Told) -> None:
    store()
    assert "1 wait; refund.created 20" in told()["notes"]["stripe events"]


def test_a_dead_event_is_a_fault(told: Told) -> None:
    store()
    with transaction() as session:
        session.get_one(StripeEvent, "evt_1").state = EventState.DEAD
    (fault,) = told()["checks"]["stripe events"]
    assert "donations replay" in fault
