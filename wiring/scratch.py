"""Scratch databases: beside the real one on its server, made for one run and dropped behind it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask import Flask
from flask_migrate import upgrade
from pydantic import SecretStr
from sqlalchemy import URL, Engine, create_engine, make_url, text

from config.settings import Settings
from db.base import db
from wiring import core, migrations

_PREFIX: Final = "samizdat_scratch_"
"""Nothing is ever dropped whose name begins otherwise."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A migrated database that others are copied from."""

    _server: Engine
    _url: URL
    _template: str

    @contextmanager
    def copied(self) -> Iterator[SecretStr]:
        """Give the address of a fresh copy, and drop it at the end."""
        name = _name()
        _run(self._server, f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        try:
            yield _address(self._url, name)
        finally:
            _drop(self._server, name)


@contextmanager
def scratch(settings: Settings) -> Iterator[Scratch]:
    """Make one on the server of DATABASE_URL, whose user must be allowed to create databases.

    Raise sqlalchemy.exc.DBAPIError where they are not.
    """
    url = make_url(core.database_uri(settings.database_url.get_secret_value()))
    server, name = create_engine(url, isolation_level="AUTOCOMMIT"), _name()
    _run(server, f'CREATE DATABASE "{name}"')
    try:
        _migrate(core.core_app(settings.model_copy(update={"database_url": _address(url, name)})))
        yield Scratch(server, url, name)
    finally:
        _drop(server, name)
        server.dispose()


def _migrate(app: Flask) -> None:
    migrations.prepare(app)
    with app.app_context():
        upgrade()
        # A database is copied only while nobody is connected to it.
        for engine in db.engines.values():
            engine.dispose()


def _name() -> str:
    return f"{_PREFIX}{secrets.token_hex(6)}"


def _address(url: URL, name: str) -> SecretStr:
    there = url.set(database=name, drivername="postgresql")
    return SecretStr(there.render_as_string(hide_password=False))


def _drop(server: Engine, name: str) -> None:
    _run(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(server: Engine, statement: str) -> None:
    with server.connect() as connection:
        connection.execute(text(statement))
