"""What tests of the web share: a browser, fresh rate limits, and members with a second factor."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

import pytest
from flask import Flask
from flask_limiter import Limiter

from config.settings import Settings
from db.base import db
from db.session import transaction
from staff.models import StaffMember
from tests import builders
from tests.cast import Staff, hire
from tests.web import attack
from tests.web.browser import Browser
from web.app import create_app
from web.limiter import LIMITER

Flood = Callable[[int], None]


@dataclass(frozen=True)
class Armed:
    """A member who signs in with a password and a code."""

    member: Staff
    code: Callable[[], str]


@pytest.fixture
def client(app: Flask) -> Browser:
    """Give a browser without cookies."""
    app.test_client_class = Browser
    return cast(Browser, app.test_client())


@pytest.fixture(autouse=True)
def fresh_limits(app: Flask) -> None:
    """Forget every try of the tests before."""
    cast(Limiter, app.extensions[LIMITER]).reset()


@pytest.fixture
def flood(app: Flask) -> Iterator[Flood]:
    """Offer a topic, and pour requests that nobody confirms: `flood(200)`."""
    builders.topic()
    yield functools.partial(attack.flood, app)
    attack.forget(app)


@pytest.fixture
def build(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Build more apps, with changes to the settings: `build(base_url="https://…")`."""
    built: list[Flask] = []

    def make(**changes: object) -> Flask:
        app = create_app(settings.model_copy(update=changes))
        app.test_client_class = Browser
        built.append(app)
        return app

    yield make
    for app in built:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what Flask-Security's forms are warned of by WTForms 3.3; ours are not warned."""
    config.addinivalue_line(
        "filterwarnings", "ignore:Passing SelectField choices as tuples:DeprecationWarning"
    )


@pytest.fixture
def armed(app: Flask) -> Armed:
    """Hire Dana, who has an authenticator app."""
    factory = app.extensions["security"].totp_factory
    secret = factory.generate_totp_secret()
    dana = hire("dana", "approver")
    with transaction() as session:
        row = session.get_one(StaffMember, dana.id)
        row.tf_primary_method, row.tf_totp_secret = "authenticator", secret
    return Armed(dana, lambda: str(factory.generate_totp_password(secret)))


@pytest.fixture
def chen(client: Browser) -> Staff:
    """Hire Chen, an author, and sign them in."""
    member = hire("chen", "author")
    assert client.sign_in(member).location == "/staff/"
    return member
