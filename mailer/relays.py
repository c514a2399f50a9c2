"""Whether each relay answers: kept in rows, so that every worker and every page knows the same.

A batch goes through a relay that answers, drawn by weight. Whether one takes addresses beyond ASCII
(SMTPUTF8) is not asked here: every relay of a list is taken to be able to do the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from mailer import retries
from mailer.models.deliveries import RelayState

_SOON = timedelta(seconds=retries.RELAY_WAITS[0])
_PROBE = timedelta(seconds=limits.RELAY_PROBE_SECONDS)


@dataclass(frozen=True, slots=True)
class Choice:
    """The relay that a batch goes through, by name; None while none answers, until `again_at`.

    With `probe` this batch alone tries a relay that was away: say so to `mark_away` where it still is.
    """

    relay: str | None
    probe: bool = False
    again_at: datetime | None = None


def choose(session: Session, weights: Mapping[str, int], *, luck: float, now: datetime) -> Choice:
    """Choose one of the relays (one or more, by name) for the next batch; `luck` is in [0, 1).

    A relay whose wait is over is tried by whoever comes first, and by nobody else for
    RELAY_PROBE_SECONDS: the others go through the relays that answer, each as often as it weighs.
    """
    waits = _waits(session, weights)
    if any(at <= now for at in waits.values()) and (tried := _probe(session, waits, now=now)):
        return Choice(tried, probe=True)
    answering = {name: weight for name, weight in weights.items() if name not in waits}
    if answering:
        return Choice(draw(answering, luck=luck))
    return Choice(None, again_at=max(min(waits.values()), now + _SOON))


def draw(weights: Mapping[str, int], *, luck: float) -> str:
    """Return one of the names, each as often as it weighs when `luck` is evenly spread over [0, 1)."""
    left = luck * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return name


def may_try(session: Session, relays: Iterable[str], *, now: datetime) -> bool:
    """Tell whether a batch would find a relay now, without choosing one."""
    names = list(relays)
    waits = _waits(session, names)
    return len(waits) < len(names) or any(at <= now for at in waits.values())


def give_back(session: Session, relay: str, *, now: datetime) -> None:
    """Let another batch try a relay at once: the one that was to had nothing to send."""
    session.execute(
        update(RelayState)
        .where(RelayState.relay == relay, RelayState.away_since.is_not(None))
        .values(next_try_at=now)
    )


def mark_away(
    session: Session, relay: str, *, reason: str, now: datetime, luck: float, probe: bool = False
) -> datetime:
    """Record that a relay does not answer; return when it is asked again.

    Several workers meet the same silence at once: only the first of a round lengthens the wait, and of a
    later round only the one that tried it (`probe`).
    """
    session.execute(insert(RelayState).values(relay=relay).on_conflict_do_nothing())
    state = session.get_one(RelayState, relay, with_for_update=True, populate_existing=True)
    if probe or state.next_try_at is None or state.next_try_at <= now:
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


def _waits(session: Session, relays: Iterable[str]) -> dict[str, datetime]:
    """Return until when each of the relays that are away is left alone."""
    rows = session.execute(
        select(RelayState.relay, RelayState.next_try_at).where(
            RelayState.relay.in_(list(relays)), RelayState.next_try_at.is_not(None)
        )
    )
    return {relay: at for relay, at in rows if at is not None}


def _probe(session: Session, relays: Iterable[str], *, now: datetime) -> str | None:
    """Take the right to try one of these relays, where nobody else has it."""
    state = session.scalar(
        select(RelayState)
        .where(RelayState.relay.in_(list(relays)), RelayState.next_try_at <= now)
        .order_by(RelayState.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if state is None:
        return None
    state.next_try_at = now + _PROBE
    session.flush()
    return state.relay
