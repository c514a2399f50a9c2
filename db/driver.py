"""The driver beneath a session, for what SQLAlchemy does not speak or is slow at: COPY, and long lists.

All of it happens in the session's own transaction.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import psycopg
from sqlalchemy.orm import Session

Row = tuple[Any, ...]


def cursor(session: Session, *, binary: bool = False) -> psycopg.Cursor[Row]:
    """Return a cursor of the driver; with `binary` values travel as the server keeps them."""
    return cast(psycopg.Connection, session.connection().connection.driver_connection).cursor(
        binary=binary
    )


def rows(session: Session, query: str, values: Mapping[str, object]) -> list[Row]:
    """Run a query in the driver's own spelling, `%(name)s`, and return its rows as plain tuples.

    A row costs a third of what it costs through a Result: bytes need no hexadecimal digits.
    """
    return cursor(session, binary=True).execute(query.encode(), values, prepare=True).fetchall()


def array(numbers: Iterable[int]) -> str:
    """Return numbers as PostgreSQL spells an array, for CAST(.. AS bigint[]).

    The driver looks at each member of a list to find its type, which costs more than the row it is for.
    """
    return f"{{{','.join(map(str, numbers))}}}"
