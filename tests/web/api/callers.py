"""What other sites' pages send to the API."""

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from db.session import transaction
from mailer.models.requests import SubscriptionRequest
from tests.cast import AMIRA

PATH = "/api/v1/subscriptions"
SITE = "https://www.example.net"


def wish(**changes: object) -> dict[str, object]:
    """Return a whole wish, with changes; None leaves a field out."""
    whole: dict[str, object] = {"address": AMIRA, "topics": ["releases"], "consent": True}
    return {name: value for name, value in (whole | changes).items() if value is not None}


def send(client: FlaskClient, *, origin: str = SITE, **changes: object) -> TestResponse:
    """Send a wish, as a script of another site's page does."""
    return client.post(PATH, json=wish(**changes), headers={"Origin": origin})


def requests() -> list[SubscriptionRequest]:
    """Return what was written down."""
    with transaction() as session:
        return list(session.scalars(select(SubscriptionRequest)))
