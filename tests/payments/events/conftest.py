"""Events of a type that the tests' own module applies."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from flask import Flask

from db.session import transaction
from payments import dispatch, events
from payments.gateway import API_VERSION, Event, Gateway
from payments.models.events import EventState, Source, StripeEvent
from payments.stripe_gateway import StripeGateway
from tests.payments.events import recording

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TYPE = "refund.created"

Store = Callable[..., str]


@pytest.fixture(autouse=True)
def recorded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the tests' module apply refunds."""
    modules = cast(dict[str, Any], dispatch.MODULE_OF)
    for type_ in (TYPE, "refund.updated"):
        monkeypatch.setitem(modules, type_, recording.NAME)
    yield
    recording.forget()


@pytest.fixture
def stripe() -> Gateway:
    """Give a gateway that nobody answers at: the tests' module asks nothing."""
    return StripeGateway(
        "rk_test_0123456789", base="http://127.0.0.1:9", secrets=("whsec_made_up",), live=False
    )


def told(id_: str = "evt_1", about: str = "re_1", type_: str = TYPE) -> Event:
    return Event(id_, type_, type_.split(".", maxsplit=1)[0], about, API_VERSION, False, NOW)  # noqa: FBT003 - a test's event


def store(event: Event, *, now: datetime = NOW, body: bytes | None = b"body") -> bool:
    with transaction() as session:
        return events.store(session, event, source=Source.WEBHOOK, body=body, now=now)


def process(stripe: Gateway, id_: str = "evt_1", now: datetime = NOW) -> EventState | None:
    return events.process(transaction, stripe, id_, now=now)


def row(id_: str = "evt_1") -> StripeEvent:
    with transaction() as session:
        return session.get_one(StripeEvent, id_)


def due(now: datetime = NOW) -> list[str]:
    with transaction() as session:
        return list(events.due(session, 100, now=now))
