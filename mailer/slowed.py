"""Recipient domains that are sent less now because they said so: large ones by name, others counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from db.sealed import Keyring
from mailer import paces, providers, turns
from mailer.models.deliveries import Pace


@dataclass(frozen=True, slots=True)
class Slowed:
    """The large providers that are slowed, each with its mails a second, and how many other domains are.

    The others have no name here: a small domain would name its reader.
    """

    providers: Mapping[str, float]
    others: int


def read(session: Session, keys: Keyring, *, now: datetime) -> Slowed:
    """Return who is slowed at present; who has recovered is not."""
    names = {_scope(keys, name): name for name in providers.PROVIDERS}
    large: dict[str, float] = {}
    others = 0
    for pace in session.scalars(select(Pace).where(Pace.slowed_at.is_not(None))):
        name = names.get(pace.scope)
        free_at = providers.PROVIDERS[name].per_second if name else limits.DOMAIN_RATE_START
        rate = _rate(pace, now)
        if rate is None or rate >= free_at:
            continue
        if name:
            large[name] = rate
        else:
            others += 1
    return Slowed(dict(sorted(large.items())), others)


def _scope(keys: Keyring, provider: str) -> str:
    """Return the scope that all domains of a provider share."""
    return paces.scope_of(keys, f"@{min(providers.PROVIDERS[provider].domains)}")


def _rate(pace: Pace, now: datetime) -> float | None:
    if pace.per_second is None or pace.slowed_at is None:
        return None
    return turns.recovered(pace.per_second, (now - pace.slowed_at).total_seconds())
