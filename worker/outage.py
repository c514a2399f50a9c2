"""An outage of the database, as a task meets it: what the task held is free, and somebody must go on soon.

The sweeper would find the rows, but up to SWEEP_SECONDS after the database is back.
"""

from time import monotonic, sleep

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from config import limits
from db.base import db


def is_one(error: DBAPIError) -> bool:
    """Tell whether an error means that the database has gone, or cannot be reached.

    A database that is there names its complaint (SQLSTATE), be it a deadlock or a full disk: to try that
    again at once could go on for ever.
    """
    return error.connection_invalidated or (
        isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) is None
    )


def ends() -> bool:
    """Wait until the database answers; return False where it does not within SLICE_SECONDS.

    It is asked once in OUTAGE_LOOK_SECONDS, the first time not at once: a connection that breaks again and
    again makes no busy loop.
    """
    give_up_at = monotonic() + limits.SLICE_SECONDS
    while monotonic() < give_up_at:
        sleep(limits.OUTAGE_LOOK_SECONDS)
        if _answers():
            return True
    return False


def _answers() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError:
        return False
    return True
