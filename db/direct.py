"""One statement by itself, for what a flood reaches: one round trip, and committed when it returns.

A transaction of a session asks the connection whether it lives, begins, runs and commits: four round
trips, and twice the work of the statement in Python. Where nothing else belongs to the statement, that
buys nothing.
"""

from collections.abc import Mapping
from typing import Final, LiteralString, cast

import psycopg
from sqlalchemy import Engine

from db.base import db

ENGINE: Final = "direct"
"""The name of the engine (a 'bind' of Flask-SQLAlchemy) whose connections commit each statement."""
OPTIONS: Final = {
    "isolation_level": "AUTOCOMMIT",
    "pool_pre_ping": False,
    # There is never anything to roll back when a connection is given back.
    "pool_reset_on_return": None,
}


def execute(statement: LiteralString, values: Mapping[str, object]) -> None:
    """Run one statement in the driver's own spelling, `%(name)s`; raise psycopg.Error.

    Where the connection was lost it is tried once more on a new one. What ran just before the loss runs
    twice then, so the statement must bear that.
    """
    engine = db.engines[ENGINE]
    try:
        _run(engine, statement, values)
    except psycopg.OperationalError:
        # After a restart of the server every connection that we keep is as dead as this one.
        engine.dispose()
        _run(engine, statement, values)


def _run(engine: Engine, statement: LiteralString, values: Mapping[str, object]) -> None:
    pooled = engine.raw_connection()
    try:
        driver = cast(psycopg.Connection, pooled.driver_connection)
        driver.execute(statement, values, prepare=True)
    finally:
        pooled.close()
