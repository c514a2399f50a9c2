"""Stripe events: each is stored once, and rings for its object, which is fetched anew and applied.

All events that wait for one object are claimed together, by a lease: nobody else fetches it meanwhile, so
that what was fetched earlier is never applied over what was fetched later. A claim that outlived its lease
applies nothing.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from payments import dispatch, gateway, tasks
from payments.models.events import EventState, Source, StripeEvent, TaskKind
from payments.models.money import CardFailure

log = logging.getLogger(__name__)

Begin = Callable[[], AbstractContextManager[Session]]
"""Opens a transaction, as `db.session.transaction` does."""

TRIES: Final = len(limits.EVENT_WAITS_SECONDS) + 1
"""After so many an event is dead."""


class UnknownEvent(LookupError):
    """There is no stripe event of this id here."""


class NotApplied(ValueError):
    """Events of this type are left alone."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """Events of one object that are this process's until a moment, which no other claim of them has."""

    ids: tuple[str, ...]
    until: datetime
    type: str
    object_id: str


def store(
    session: Session,
    event: gateway.Event,
    *,
    source: Source,
    body: bytes | None,
    now: datetime,
) -> bool:
    """Store an event that was verified or fetched; return False where it is known already."""
    state = _first_state(event.type)
    written = session.scalar(
        insert(StripeEvent)
        .values(
            id=event.id,
            type=event.type,
            object_kind=event.object_kind,
            object_id=event.object_id,
            api_version=event.api_version,
            made_at=event.made_at,
            received_at=now,
            source=source,
            body_sha256=None if body is None else hashlib.sha256(body).digest(),
            state=state,
            next_try_at=now,
            done_at=now if state is EventState.DONE else None,
        )
        .on_conflict_do_nothing(index_elements=[StripeEvent.id])
        .returning(StripeEvent.id)
    )
    if written is not None and event.type == dispatch.REFUSED:
        failure = insert(CardFailure).values(event_id=event.id, at=event.made_at)
        session.execute(failure.on_conflict_do_nothing())
    return written is not None


def due(session: Session, limit: int, *, now: datetime | None = None) -> Sequence[str]:
    """Return the ids of events to be applied, the longest due first; by the database's clock if no other."""
    waiting = (
        select(StripeEvent.id)
        .where(StripeEvent.state == EventState.NEW)
        .where(StripeEvent.next_try_at <= (func.now() if now is None else now))
        .order_by(StripeEvent.next_try_at, StripeEvent.id)
    )
    return session.scalars(waiting.limit(limit)).all()


def process(
    begin_transaction: Begin, stripe: gateway.Gateway, event_id: str, *, now: datetime
) -> EventState | None:
    """Fetch what an event is about and apply it; return how the event stands then.

    None where it is over, or its object is somebody else's just now. What goes wrong is kept in the row, and
    tried again later; only a database that is away raises (sqlalchemy.exc.DBAPIError).
    """
    with begin_transaction() as session:
        claim = _claim(session, event_id, now=now)
    if claim is None:
        return None
    try:
        module = dispatch.applying(claim.type)
        snapshot = module.fetch(stripe, claim.object_id)
        with begin_transaction() as session:
            held = _held(session, claim)
            if held:
                module.apply(session, snapshot, now=now)
                _finish(session, held, now=now)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is kept with the event, and stops no other
        with begin_transaction() as session:
            return _fail(session, claim, event_id, error, now=now)
    return EventState.DONE if held else None


def replay(session: Session, event_id: str, now: datetime) -> None:
    """Have an event applied once more, from the first try on; raise UnknownEvent or NotApplied."""
    row = session.get(StripeEvent, event_id, with_for_update=True)
    if row is None:
        raise UnknownEvent(f"There is no event {event_id!r} here.")
    if row.type not in dispatch.MODULE_OF:
        raise NotApplied(f"Events of the type {row.type} are not applied.")
    row.state, row.attempts, row.next_try_at, row.done_at = EventState.NEW, 0, now, None


def _first_state(type_: str) -> EventState:
    if type_ == dispatch.REFUSED:
        return EventState.DONE
    return EventState.NEW if type_ in dispatch.MODULE_OF else EventState.IGNORED


def _claim(session: Session, event_id: str, *, now: datetime) -> _Claim | None:
    """Claim an event, with all that wait for the same object; None where one of them is not due yet."""
    wanted = session.get(StripeEvent, event_id)
    if wanted is None or wanted.state is not EventState.NEW:
        return None
    rows = session.scalars(
        select(StripeEvent)
        .where(StripeEvent.state == EventState.NEW, StripeEvent.object_id == wanted.object_id)
        .order_by(StripeEvent.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    # One that is not due is claimed by somebody, or failed a moment ago, as this one would.
    if wanted not in rows or any(row.next_try_at > now for row in rows):
        return None
    if wanted.attempts >= TRIES:
        # Each try killed its process before it could say why.
        _bury(session, wanted, now=now)
        return None
    until = now + timedelta(seconds=limits.EVENT_LEASE_SECONDS)
    for row in rows:
        row.attempts += 1
        row.next_try_at = until
    return _Claim(tuple(row.id for row in rows), until, wanted.type, wanted.object_id)


def _held(session: Session, claim: _Claim) -> Sequence[StripeEvent]:
    """Lock what was claimed; nothing where the lease ran out and somebody else has claimed it since."""
    rows = session.scalars(
        select(StripeEvent)
        .where(StripeEvent.id.in_(claim.ids), StripeEvent.state == EventState.NEW)
        .order_by(StripeEvent.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    ours = len(rows) == len(claim.ids) and all(row.next_try_at == claim.until for row in rows)
    return rows if ours else []


def _finish(session: Session, rows: Sequence[StripeEvent], *, now: datetime) -> None:
    for row in rows:
        row.state, row.done_at = EventState.DONE, now
        if row.fault is not None:
            outcome = "it was applied after all"
            tasks.settle(
                session, TaskKind.DEAD_EVENT, row.id, outcome=outcome, staff_id=None, now=now
            )


def _fail(
    session: Session, claim: _Claim, event_id: str, error: Exception, *, now: datetime
) -> EventState | None:
    """Keep what went wrong, and when to try again; the last try is asked of staff."""
    expected = isinstance(error, gateway.TemporaryFailure | gateway.PermanentFailure)
    fault = _fault(error)
    log.warning(
        "a stripe event was not applied",
        extra={"event": event_id, "fault": fault},
        exc_info=None if expected else error,
    )
    rows = _held(session, claim)
    for row in rows:
        row.fault = fault
        if row.attempts < TRIES:
            wait = limits.EVENT_WAITS_SECONDS[row.attempts - 1]
            row.next_try_at = now + timedelta(seconds=wait)
        else:
            _bury(session, row, now=now)
    return next((row.state for row in rows if row.id == event_id), None)


def _bury(session: Session, row: StripeEvent, *, now: datetime) -> None:
    row.state = EventState.DEAD
    due_at = now + timedelta(seconds=limits.EVENT_DEAD_DUE_SECONDS)
    # Staff settle it by hand when they replay; the replay may die too.
    tasks.open_again(session, TaskKind.DEAD_EVENT, row.id, due_at=due_at)
    tasks.ask(session, TaskKind.DEAD_EVENT, row.id, donation_id=None, due_at=due_at, now=now)


def _fault(error: Exception) -> str:
    """Name what went wrong by kind and code: other words might name a person."""
    code = getattr(error, "code", "") if isinstance(error, gateway.PermanentFailure) else ""
    return f"{type(error).__name__} {code}".rstrip()
