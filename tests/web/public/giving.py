"""A visitor who gives: the site beside a sandbox Stripe, the form filled in, and what Stripe has then."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from config.settings import Settings
from db.base import db
from db.session import transaction
from payments.applying import sessions
from payments.models.giving import Checkout, Donation, Plan
from payments.models.money import CardFailure
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import paying
from sandbox.stripe.server import Stripe
from tests.cast import BORIS
from web import once
from web.app import create_app
from web.public import donate_form

KEY = "rk_test_0123456789abcdef"
USUAL = {"currency": "EUR", "amount": "5000", "address": BORIS, "language": "en"}


@dataclass
class Visit:
    """A browser at a site that takes gifts, and the Stripe that it leads to."""

    app: Flask
    client: FlaskClient
    stripe: Stripe

    def form(self, *, age: float = 60, signed: float = 0, name: str = "a-form") -> dict[str, str]:
        """Return the form's hidden fields, first shown and last signed some seconds ago."""
        now = datetime.now(UTC)
        shown = once.Shown(now - timedelta(seconds=age), name)
        with self.app.test_request_context("/donate"):
            nonce = once.nonce(donate_form.NAME, shown, now=now - timedelta(seconds=signed))
        return {"shown": str(shown), "form_nonce": nonce}

    def give(
        self, fields: Mapping[str, str] | None = None, /, *, lang: str = "en", **more: str
    ) -> TestResponse:
        """Post the form: 50 EUR of Boris's, once, unless the fields say otherwise."""
        data = {**self.form(), **USUAL, **(fields or {}), **more}
        return self.client.post(f"/donate?lang={lang}", data=data)

    def heard(self) -> int:
        """Return how many pages Stripe was asked to open."""
        asked = (request for request, _ in self.stripe.api.heard)
        return sum(each.method == "POST" and each.path == "/v1/checkout/sessions" for each in asked)


@contextmanager
def site(settings: Settings, stripe: Stripe, **changed: object) -> Iterator[Visit]:
    """Give a browser at a site over the same database that takes gifts through this Stripe."""
    own = {"stripe_api_key": SecretStr(KEY), "stripe_api_base": stripe.base}
    app = create_app(settings.model_copy(update=own | changed))
    yield Visit(app, app.test_client(), stripe)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def gifts() -> list[Donation | Plan]:
    """Return everything that was begun."""
    with transaction() as session:
        return [*session.scalars(select(Donation)), *session.scalars(select(Plan))]


def session_ids() -> list[str]:
    """Return the sessions that our rows know, the oldest first."""
    with transaction() as session:
        found = session.scalars(select(Checkout.session_id).order_by(Checkout.id))
        return [each for each in found if each]


def pay(visit: Visit, number: str = "4242424242424242") -> str:
    """Pay on Stripe's page what was begun last; return the session's id."""
    id_ = session_ids()[-1]
    visit.stripe.do(paying.pay, id_, number=number)
    return id_


def let_expire(visit: Visit) -> None:
    """Let the time of every payment page be over, at Stripe and by our rows, and nobody tell us."""
    for id_ in session_ids():
        gateway(visit).expire_session(id_)
    with transaction() as session:
        session.execute(update(Checkout).values(expires_at=datetime.now(UTC)))


def gateway(visit: Visit) -> StripeGateway:
    """Return the product's own way to the visitor's Stripe."""
    return StripeGateway(KEY, base=visit.stripe.base, secrets=(), live=False)


def hear(visit: Visit, session_id: str) -> None:
    """Do what the worker does with an event of a session."""
    snapshot = sessions.fetch(gateway(visit), session_id)
    with transaction() as session:
        sessions.apply(session, snapshot, now=datetime.now(UTC))


def refuse_cards(visit: Visit, count: int) -> None:
    """Let so many cards have been refused just now."""
    now = datetime.now(UTC)
    with transaction() as session:
        session.add_all(CardFailure(event_id=f"evt_{n}", at=now) for n in range(count))
    visit.app.extensions.pop("samizdat.breaker", None)
