"""An app whose donations are on, and a machine that posts to it as Stripe would."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import func, select
from stripe import WebhookSignature

from db.session import transaction
from payments.models.events import StripeEvent
from wiring import money
from wiring.core import CORE

SECRET, ANOTHER = "whsec_of_these_tests", "whsec_of_somebody_else"
PATH = "/hooks/stripe"


@dataclass
class Caller:
    """Posts webhooks."""

    client: FlaskClient
    made: int = field(default=0)

    def body(self, **changes: object) -> bytes:
        """Write an event that nobody has told of yet."""
        self.made += 1
        told: dict[str, Any] = {
            "id": f"evt_{self.made}",
            "object": "event",
            "type": "refund.created",
            "created": int(time.time()),
            "livemode": False,
            "api_version": "2026-10-28.endive",
            "data": {"object": {"id": f"re_{self.made}", "object": "refund"}},
        }
        return json.dumps(told | changes).encode()

    def post(
        self, body: bytes, header: str | None = None, *, kind: str = "application/json"
    ) -> int:
        """Post a body, rightly signed where no other header is given; return the status."""
        headers = {"Stripe-Signature": signature(body) if header is None else header}
        return self.client.post(PATH, data=body, headers=headers, content_type=kind).status_code


def signature(body: bytes, *, secret: str = SECRET, away: int = 0) -> str:
    """Sign bytes as Stripe does, some seconds from now; what is no text has the signature of other bytes."""
    text = body.decode(errors="replace")
    return str(WebhookSignature.generate_signature_header(text, secret, int(time.time()) + away))


def stored() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(StripeEvent)) or 0


@pytest.fixture
def giving(app: Flask) -> Iterator[Flask]:
    """Switch donations on: with a test key, and a Stripe that nobody answers at."""
    core = app.extensions[CORE]
    settings = core.settings.model_copy(
        update={
            "stripe_api_key": SecretStr("rk_test_0123456789"),
            "stripe_webhook_secret": SecretStr(SECRET),
            "stripe_api_base": "http://127.0.0.1:9",
        }
    )
    app.extensions[CORE] = replace(core, settings=settings, stripe=money.gateway(settings))
    yield app
    app.extensions[CORE] = core


@pytest.fixture
def caller(giving: Flask, client: FlaskClient) -> Caller:
    """Give somebody who posts webhooks."""
    return Caller(client)
