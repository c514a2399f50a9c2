"""A Stripe in a thread, and a donor at our door."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments import checkouts, giving
from payments.applying import sessions
from payments.giving import Wish
from payments.models.giving import Checkout, Donation, Interval, Plan
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from tests.payments import wishes

KEY = "rk_test_0123456789abcdef"
WISH = replace(wishes.WISH, amount=5_000, name="Boris Example")


@dataclass
class Door:
    """Begins gifts as the edge does, at its own hour, which is Stripe's."""

    stripe: StripeGateway
    sandbox: Stripe
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def prepare(self, **changes: object) -> int:
        """Write a wish down; return the number of its attempt."""
        with transaction() as session:
            given = giving.begin(session, wish(**changes), now=self.now)
            return checkouts.prepare(
                session,
                given,
                base_url="https://news.example.org",
                organisation="Example Rights Foundation",
                now=self.now,
            ).id

    def open(self, checkout_id: int) -> str:
        return checkouts.open_(self.stripe, transaction, checkout_id, now=self.now)

    def settle(self, checkout_id: int) -> None:
        checkouts.settle(self.stripe, transaction, checkout_id, now=self.now)

    def hear(self, checkout_id: int) -> None:
        """Do what the worker does with an event of the attempt's session."""
        snapshot = sessions.fetch(self.stripe, row(checkout_id).session_id or "")
        with transaction() as session:
            sessions.apply(session, snapshot, now=self.now)

    def sweep(self) -> int:
        return checkouts.sweep(self.stripe, transaction, now=self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass, here and at Stripe."""
        self.now += timedelta(seconds=seconds)
        self.sandbox.advance(int(seconds))

    def sessions(self) -> list[str]:
        """Return the state of every session that Stripe has, the oldest first."""
        found = self.stripe.sessions(since=self.now - timedelta(days=1))
        return [each.status for each in found][::-1]


def wish(**changes: object) -> Wish:
    """Return Boris's wish, changed."""
    changes = {k: Interval(str(v)) if k == "interval" and v else v for k, v in changes.items()}
    return replace(WISH, **changes)  # type: ignore[arg-type] # each test names what it changes


def row(checkout_id: int) -> Checkout:
    """Return an attempt with what it is of."""
    with transaction() as session:
        found = session.get_one(Checkout, checkout_id)
        assert found.donation or found.plan
        return found


def everything_given() -> list[Donation | Plan]:
    """Return all gifts."""
    with transaction() as session:
        return [*session.scalars(select(Donation)), *session.scalars(select(Plan))]


@pytest.fixture
def sandbox() -> Iterator[Stripe]:
    """Run a Stripe whose clock stands at now."""
    with Stripe(port=0, now=int(time.time())) as running:
        yield running


@pytest.fixture
def door(app: Flask, sandbox: Stripe) -> Door:
    """Give the door of our house, with the product's own way to the sandbox."""
    return Door(StripeGateway(KEY, base=sandbox.base, secrets=(), live=False), sandbox)
