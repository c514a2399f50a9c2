"""What staff see of the stripe events: the newest, the backlog, and when each type last came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import limits
from payments.gateway import API_VERSION
from payments.models.events import EventState, StripeEvent


@dataclass(frozen=True, slots=True)
class Health:
    """How the events stand."""

    waiting: int
    dead: int
    #: When the event came that has waited longest; None where none waits.
    oldest_at: datetime | None
    #: Type -> when one last came.
    last_at: Mapping[str, datetime]
    #: Other versions of the API than ours that lately came.
    drift: Sequence[str]


def newest(session: Session, *, state: EventState | None, limit: int) -> Sequence[StripeEvent]:
    """Return events, in one state where one is named, the newest first."""
    wanted = select(StripeEvent).order_by(StripeEvent.made_at.desc(), StripeEvent.id).limit(limit)
    if state is not None:
        wanted = wanted.where(StripeEvent.state == state)
    return session.scalars(wanted).all()


def health(session: Session, *, now: datetime) -> Health:
    """Return how the events stand."""
    count, received = func.count(), StripeEvent.received_at
    waiting, oldest_at = session.execute(
        select(count, func.min(received)).where(StripeEvent.state == EventState.NEW)
    ).one()
    dead = select(count).where(StripeEvent.state == EventState.DEAD)
    last = select(StripeEvent.type, func.max(received).label("at")).group_by(StripeEvent.type)
    return Health(
        waiting=waiting,
        dead=session.scalar(dead) or 0,
        oldest_at=oldest_at,
        last_at={row.type: row.at for row in session.execute(last.order_by(StripeEvent.type))},
        drift=_drift(session, since=now - timedelta(seconds=limits.EVENT_DRIFT_SECONDS)),
    )


def _drift(session: Session, *, since: datetime) -> Sequence[str]:
    version = StripeEvent.api_version
    wanted = (
        select(version)
        .distinct()
        .where(StripeEvent.made_at > since, version.is_not(None), version != API_VERSION)
    )
    return [each for each in session.scalars(wanted.order_by(version)) if each is not None]
