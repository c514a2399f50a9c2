"""The mail servers that SMTP_URL names, as the console and the commands list them."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailer.models.deliveries import RelayState
from wiring.core import core


@dataclass(frozen=True)
class RelayRow:
    """A relay, its share of the mails, and since when it is away; None where it answers."""

    name: str
    weight: int
    away_since: datetime | None = None
    next_try_at: datetime | None = None
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the row as JSON values, times in ISO 8601."""
        values = asdict(self)
        for name in ("away_since", "next_try_at"):
            values[name] = values[name] and values[name].isoformat()
        return values


def of(session: Session) -> list[RelayRow]:
    """Return a row for each relay of the settings, in their order."""
    away = {
        state.relay: state
        for state in session.scalars(select(RelayState).where(RelayState.away_since.is_not(None)))
    }
    rows = []
    for relay in core().relays:
        state = away.get(relay.name)
        rows.append(
            RelayRow(relay.name, relay.weight, state.away_since, state.next_try_at, state.reason)
            if state
            else RelayRow(relay.name, relay.weight)
        )
    return rows
