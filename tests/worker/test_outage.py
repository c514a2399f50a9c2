"""A task that loses the database waits for it and is rung again; one that the database refuses is not."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest
import redis
from flask import Flask
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from config.settings import ROOT, Settings
from sandbox.servers import Postgres
from tests import processes
from wiring import names
from worker import outage

RUN = """
import sys
from worker.celery import app
app.loader.import_default_modules()
print("it begins", flush=True)
app.tasks[sys.argv[1]]()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """Give a database server that a test may kill."""
    with Postgres(tmp_path / "pg", durable=False) as made:
        yield made


def _fault(url: str, *statements: str) -> DBAPIError:
    try:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    except DBAPIError as fault:
        return fault
    raise AssertionError("nothing went wrong")


def test_a_database_that_has_gone_is_an_outage(server: Postgres) -> None:
    url = server.url().replace("postgresql:", "postgresql+psycopg:")
    assert outage.is_one(_fault(url, "SELECT pg_terminate_backend(pg_backend_pid())"))
    server.stop()
    assert outage.is_one(_fault(url))


@pytest.mark.parametrize(
    "statements",
    [
        ["SET statement_timeout = 10", "SELECT pg_sleep(9)"],
        ["SELECT 1 / 0"],
        ["SELECT * FROM nowhere"],
    ],
)
def test_what_a_living_database_complains_of_is_none(app: Flask, statements: list[str]) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    assert not outage.is_one(_fault(url, *statements))


def test_a_task_is_rung_again_as_soon_as_the_database_is_back(
    server: Postgres, settings: Settings
) -> None:
    broker = redis.Redis.from_url(settings.redis_url.get_secret_value())
    broker.delete(names.MAINT)
    database = server.create_database("away")
    server.stop()
    env = processes.environ(settings, DATABASE_URL=database)
    argv = [sys.executable, "-c", RUN, names.RETENTION]
    with subprocess.Popen(argv, cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE, text=True) as task:
        assert task.stdout
        assert task.stdout.readline() == "it begins\n"
        time.sleep(1)  # it finds nobody there
        server.start()
        said = task.communicate()[1]
    assert "OperationalError" in said
    assert broker.llen(names.MAINT) == 1
    broker.close()
