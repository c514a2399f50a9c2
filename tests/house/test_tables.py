"""The tables the models declare are the tables the migrations build, there and back."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from config.settings import ROOT
from db.base import Base, db
from wiring import tables


def declaring() -> set[str]:
    """Return the modules of the product that declare a table."""
    found = set()
    for room in ("mailer", "payments", "staff"):
        for path in (ROOT / room).rglob("*.py"):
            if "__tablename__" in path.read_text(encoding="utf-8"):
                found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def test_every_module_that_declares_a_table_is_loaded_with_the_core() -> None:
    assert declaring() == {module.__name__ for module in tables.MODULES}


def test_the_migrations_build_what_the_models_declare(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_run_down_and_up_again(app: Flask) -> None:
    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names())
    upgrade()
    assert left == {"alembic_version"}
    assert set(inspect(db.engine).get_table_names()) > {"subscriber", "delivery"}


def test_every_constraint_and_index_has_a_name_we_chose(app: Flask) -> None:
    with db.engine.connect() as connection:
        names = connection.scalars(
            text(
                "SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
                "WHERE t.relnamespace = 'public'::regnamespace AND contype <> 'n'"
            )
        ).all()
    ours = ("pk_", "uq_", "fk_", "ck_", "alembic_")
    assert [name for name in names if not name.startswith(ours)] == []
