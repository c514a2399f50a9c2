"""PostgreSQL and Valkey for all rows: started once, each row on a fresh copy of one migrated database."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from flask_migrate import upgrade

from config.settings import load
from db.base import db
from sandbox import embedded, processes
from sandbox.servers import Postgres, Valkey
from tests.conftest import environment
from web.app import create_app
from wiring import migrations

TEMPLATE = "migrated"


@dataclass(frozen=True)
class Engines:
    """Both servers, as durable as `make run` has them."""

    folder: Path
    postgres: Postgres
    valkey: Valkey

    def database(self, name: str) -> str:
        """Copy the migrated database; return the copy's address."""
        self.postgres.drop_database(name)
        return self.postgres.create_database(name, template=TEMPLATE)

    def ready(self) -> None:
        """Start again what the row before left dead, and empty the broker."""
        for engine in (self.postgres, self.valkey):
            if not engine.ping():
                engine.stop()
                engine.start()
        self.broker().flushall()

    def broker(self) -> redis.Redis:
        """Return a client of the broker."""
        return redis.Redis.from_url(self.valkey.url())

    def crash(self, engine: embedded.Embedded, number: int = signal.SIGKILL) -> None:
        """End an engine by a signal, without a farewell, and start it again."""
        pid = engine.pid
        if pid is None:
            raise RuntimeError(f"{engine.name} does not run")
        os.kill(pid, number)
        processes.wait_gone(pid, embedded.STOP_SECONDS)
        engine.stop()
        engine.start()


@contextmanager
def started() -> Iterator[Engines]:
    """Start both and migrate one database, which the rows copy."""
    with tempfile.TemporaryDirectory(prefix="samizdat-faults-") as name:
        folder = Path(name)
        with Postgres(folder / "pg") as postgres, Valkey(folder / "vk") as valkey:
            _migrate(postgres.create_database(TEMPLATE), valkey.url(), folder)
            yield Engines(folder, postgres, valkey)


def _migrate(database_url: str, redis_url: str, folder: Path) -> None:
    settings = load(environment(database_url, redis_url, folder), local=folder / "none.env")
    app = create_app(settings)
    migrations.prepare(app)
    with app.app_context():
        upgrade()
        db.engine.dispose()  # a database is copied only while nobody is connected to it
