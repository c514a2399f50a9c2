"""A statement by itself is committed as it runs, and survives the loss of the connections that are kept."""

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from db import direct
from db.base import db

ADD = "INSERT INTO topic (slug, name, description, position) VALUES (%(slug)s, 'A topic', '', 0)"


def slugs() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(text("SELECT slug FROM topic ORDER BY slug")))


def end_every_other_connection() -> None:
    """Do what a restart of the server does to who is connected."""
    db.engine.dispose()
    with db.engine.connect() as connection:
        connection.execute(
            text("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE pid != pg_backend_pid() AND datname = current_database()
                   AND backend_type = 'client backend'
            """)
        )


def test_what_ran_is_committed(app: Flask) -> None:
    direct.execute(ADD, {"slug": "releases"})
    assert slugs() == ["releases"]


def test_after_a_restart_of_the_server_the_statement_runs_once_on_a_new_connection(
    app: Flask,
) -> None:
    direct.execute(ADD, {"slug": "before"})
    end_every_other_connection()
    direct.execute(ADD, {"slug": "since"})
    assert slugs() == ["before", "since"]


def test_a_refused_statement_leaves_nothing_and_the_next_one_runs(app: Flask) -> None:
    direct.execute(ADD, {"slug": "releases"})
    with pytest.raises(psycopg.errors.UniqueViolation):
        direct.execute(ADD, {"slug": "releases"})
    direct.execute(ADD, {"slug": "courts"})
    assert slugs() == ["courts", "releases"]
