"""The floor of the tests: a real PostgreSQL and Valkey out of wheels, one migrated database, real apps.

Every test starts with empty tables. Nothing here replaces a part of the product.
"""

import base64
import hashlib
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.orm import Session

from config.settings import Settings, load
from db.base import db
from db.session import transaction
from mailer import epochs
from sandbox.servers import Postgres, Valkey
from tests.cast import Staff, hire
from web.app import create_app
from wiring import migrations

# Under nohup, or behind an '&', these come muted, and every process that a test starts would be deaf to them.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL of this run's own."""
    with tempfile.TemporaryDirectory(prefix="samizdat-pg-") as folder:
        server = Postgres(Path(folder) / "pg", durable=False)
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """Give a Valkey of this run's own."""
    with tempfile.TemporaryDirectory(prefix="samizdat-vk-") as folder:
        server = Valkey(Path(folder) / "vk", durable=False)
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def settings(
    postgres: Postgres, valkey: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Give settings that name this run's servers; the relay is one that nobody answers at."""
    state = tmp_path_factory.mktemp("state")
    return load(environment(postgres.url(), valkey.url(), state), local=state / "none.env")


def environment(database_url: str, redis_url: str, state: Path, **more: str) -> dict[str, str]:
    """Return an environment, all of it invented."""
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://127.0.0.1:8000",
        "SECRET_KEYS": key("signing"),
        "DATA_KEYS": f"index:{key('index')} k1:{key('first')}",
        "ORG_NAME": "Example Rights Foundation",
        "ORG_ADDRESS": "1 Example Street, Example Town, EX1 2AB",
        "ORG_FROM": "news@example.org",
        "ORG_CONTACT": "hello@example.org",
        "STATE_DIR": str(state),
        **more,
    }


def key(name: str) -> str:
    """Return a key that is the same in each run."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()


@pytest.fixture(scope="session")
def migrated(settings: Settings) -> Iterator[Flask]:
    """Give the app on a database that the real migrations built."""
    app = create_app(settings)
    app.testing = True
    migrations.prepare(app)
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def app(migrated: Flask, settings: Settings) -> Iterator[Flask]:
    """Give the app inside its context; the tables are emptied afterwards."""
    with migrated.app_context():
        yield migrated
        db.session.remove()
        empty_tables()
        forget_epochs(settings.state_dir)


def empty_tables() -> None:
    """Empty every table; a test that changed none costs next to nothing."""
    tables = [t.name for t in db.metadata.sorted_tables]
    with db.engine.begin() as connection:
        used = [t for t in tables if connection.scalar(text(f'SELECT EXISTS (SELECT FROM "{t}")'))]  # noqa: S608 - our own names
        if used:
            names = ", ".join(f'"{t}"' for t in used)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


def forget_epochs(folder: Path) -> None:
    """Forget the heartbeats that were seen: an emptied database is no copy restored from a backup."""
    epochs._seen.clear()  # noqa: SLF001 - only in tests does a process outlive its database's tables
    (folder / epochs.FILE).unlink(missing_ok=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser without cookies."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Give an open transaction that commits at the end of the test."""
    with transaction() as session:
        yield session


@pytest.fixture
def staff(app: Flask) -> Callable[..., Staff]:
    """Hire staff members: `staff("chen", "author")` returns their id, address and password."""
    return hire
