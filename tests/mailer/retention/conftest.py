"""Rows that are as old as a test says, and a run of the rules."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from db import due
from db.base import db
from db.session import transaction
from mailer import periods, retention
from tests.mailer.subscribers.conftest import Person
from wiring.core import CORE, core

NOW = datetime.now(UTC)
Run = Callable[[], dict[str, int]]


@pytest.fixture
def run(app: Flask) -> Run:
    """Apply every rule now."""

    def apply() -> dict[str, int]:
        once = due.Run(core().settings, NOW)
        taken = retention.apply(transaction, periods.RULES, once, again=True)
        assert taken is not None
        return {name: count for name, count in taken.items() if count}

    return apply


@pytest.fixture
def boris(app: Flask) -> Person:
    """Give Boris, whom the rules must leave alone beside Amira."""
    return Person(app.extensions[CORE], "boris@example.org")


def age(days: float, *columns: str) -> None:
    """Set these columns (`table.column`) of every row to that many days ago, where they have a time."""
    with db.engine.begin() as connection:
        for table, column in (each.split(".") for each in columns):
            connection.execute(
                text(f"UPDATE {table} SET {column} = :at WHERE {column} IS NOT NULL"),  # noqa: S608 - our own words
                {"at": NOW - timedelta(days=days)},
            )


def age_events(days: float) -> None:
    """Make every consent event that old, past the trigger that refuses it."""
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE consent_event DISABLE TRIGGER append_only"))
        at = {"at": NOW - timedelta(days=days)}
        connection.execute(text("UPDATE consent_event SET at = :at"), at)
        connection.execute(text("ALTER TABLE consent_event ENABLE TRIGGER append_only"))


def age_request(days: float) -> None:
    """Let that many days go by since all that was asked so far."""
    age(days, "subscriber.created_at", "confirm_token.issued_at")
    age_events(days)


def count(table: str, where: str = "true") -> int:
    """Count the rows of a table."""
    with db.engine.connect() as connection:
        found = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))  # noqa: S608 - our own words
    return int(found or 0)
