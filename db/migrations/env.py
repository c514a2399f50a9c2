"""How alembic reaches the database: through the app's engine, one migration at a time.

The app has loaded every table by then (wiring/tables.py), so the storage floor names no room above it.
A migration that cannot have its lock within seconds gives up, rather than stall every worker behind it.
"""

from typing import Final, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import text

_LOCK: Final = 5_106_811_501
"""The advisory lock that lets one migrator work while others wait."""


PLAIN: Final = {
    "UTCDateTime": "sa.DateTime(timezone=True)",
    "Word": "sa.Text()",
    "AsaList": "sa.Text()",
}
"""How our column types are written in a migration, which must not change when our classes do."""


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write a type of ours as the plain type beneath it."""
    return PLAIN.get(type(item).__name__, False) if kind == "type" else False


def run() -> None:
    """Run the migrations in one transaction, under an advisory lock."""
    db = current_app.extensions["migrate"].db
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
        connection.commit()


run()
