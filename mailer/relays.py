"""Whether the relay answers: kept in a row, so that every worker and every page knows the same."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from mailer import retries
from mailer.models.deliveries import RelayState


def mark_away(session: Session, relay: str, *, reason: str, now: datetime, luck: float) -> datetime:
    """Record that a relay does not answer; return when it is asked again.

    Several workers meet the same silence at once: only the first of a round lengthens the wait.
    """
    session.execute(insert(RelayState).values(relay=relay).on_conflict_do_nothing())
    state = session.get_one(RelayState, relay, with_for_update=True, populate_existing=True)
    if state.next_try_at is None or state.next_try_at <= now:
        state.failures += 1
        state.next_try_at = retries.relay_next_try(state.failures, now=now, luck=luck)
    state.away_since = state.away_since or now
    state.reason = reason[: limits.REASON_LENGTH]
    return state.next_try_at


def mark_back(session: Session, relay: str) -> None:
    """Record that a relay took a mail again."""
    session.execute(
        update(RelayState)
        .where(RelayState.relay == relay, RelayState.away_since.is_not(None))
        .values(away_since=None, next_try_at=None, failures=0, reason=None)
    )


def away(session: Session) -> RelayState | None:
    """Return the relay that has been away longest, to tell staff why nothing moves."""
    return session.scalar(
        select(RelayState)
        .where(RelayState.away_since.is_not(None))
        .order_by(RelayState.away_since)
        .limit(1)
    )
