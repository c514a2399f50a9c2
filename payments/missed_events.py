"""Events that no webhook told of: Stripe's own list, read from a cursor on.

The cursor is the newest event that was seen, by Stripe's clock, and moves only behind a list that was read
to its end. An hour before it is read again, for an event may be listed after a later one.
"""

from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from payments import dispatch, events
from payments.gateway import Event, Gateway
from payments.models.events import Cursor, Source

CURSOR: Final = "events"


def store(begin_transaction: events.Begin, stripe: Gateway, *, now: datetime) -> int:
    """Store what we apply and do not have; return how many events that were.

    Raises what the gateway raises; what was stored before stays, and the next sweep begins where this did.
    """
    with begin_transaction() as session:
        since = _since(session, now=now)
    stored, newest = 0, None
    listed = (event for event in stripe.events(since=since) if event.type in dispatch.WANTED)
    while chunk := list(islice(listed, limits.EVENTS_STORED_AT_ONCE)):
        newest = newest or chunk[0].made_at
        with begin_transaction() as session:
            stored += sum(_store(session, event, now=now) for event in chunk)
    if newest is not None:
        with begin_transaction() as session:
            _move(session, newest)
    return stored


def _store(session: Session, event: Event, *, now: datetime) -> bool:
    return events.store(session, event, source=Source.SWEEP, body=None, now=now)


def _since(session: Session, *, now: datetime) -> datetime:
    cursor = session.get(Cursor, CURSOR)
    if cursor is None:
        return now - timedelta(seconds=limits.EVENTS_KEPT_SECONDS)
    return cursor.at - timedelta(seconds=limits.EVENTS_OVERLAP_SECONDS)


def _move(session: Session, newest: datetime) -> None:
    """Move the cursor forward; two sweeps at once leave the later one's."""
    moved = insert(Cursor).values(name=CURSOR, at=newest)
    session.execute(
        moved.on_conflict_do_update(
            index_elements=[Cursor.name], set_={"at": func.greatest(Cursor.at, moved.excluded.at)}
        )
    )
