"""Migrations: attached to an app only where somebody migrates, because alembic is slow to load."""

from flask import Flask
from sqlalchemy import Connection

from config.settings import ROOT
from db.base import db

FOLDER = ROOT / "db" / "migrations"


def prepare(app: Flask) -> None:
    """Let `flask db …` and flask_migrate's functions work on this app."""
    from flask_migrate import Migrate  # noqa: PLC0415 - a fifth of a second that no server start should pay

    Migrate(app, db, directory=str(FOLDER))


def are_up_to_date(connection: Connection) -> bool:
    """Tell whether the tables are the ones that this code knows."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    there = set(MigrationContext.configure(connection).get_current_heads())
    return there == set(ScriptDirectory(str(FOLDER)).get_heads())
