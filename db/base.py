"""The declarative base every table stands on, and the one Flask-SQLAlchemy extension."""

from datetime import datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Identity, MetaData, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from db.types import UTCDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Each constraint has a name we chose, so that a migration can speak of it."""


class Base(DeclarativeBase):
    """What every table is built on: never `db.Model`, which mypy cannot read."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={int: BigInteger, datetime: UTCDateTime},
    )


class Numbered:
    """A table whose rows are numbered by the database."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)


class Dated:
    """A table whose rows remember when they were made, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


db = SQLAlchemy(model_class=Base)
