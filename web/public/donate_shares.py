"""Who may begin a gift: how wary the form is of tested cards, and what share of gifts a network has.

Nobody's share depends on the address that was typed: else the form would tell who gives.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, cast

from flask import current_app
from sqlalchemy.orm import Session

from config import limits
from db.sealed import keyring
from db.session import transaction
from mailer import caps, requests
from payments import breaker
from payments.breaker import Level

UNPROVEN: Final = caps.Limit("unproven gift", limits.GIFTS_UNPROVEN_PER_NETWORK, timedelta(hours=1))
ALL: Final = caps.Limit("gift", limits.GIFTS_IN_ALL, timedelta(hours=1))

_EVERYBODY: Final = b""
_SEEN: Final = "samizdat.breaker"


class NoShareLeft(Exception):
    """Too many gifts were begun from this network, or by everybody, within the hour."""


@dataclass
class _Seen:
    """What this process found out about tested cards, and until when it believes it."""

    level: Level = Level.SHUT
    until: float = 0.0


def level(*, now: datetime) -> Level:
    """Return how wary the form is just now; the database is asked every few seconds."""
    seen = cast(_Seen, current_app.extensions.setdefault(_SEEN, _Seen()))
    if monotonic() >= seen.until:
        seen.level = breaker.level(transaction, now=now)
        seen.until = monotonic() + limits.BREAKER_MEMORY_SECONDS
    return seen.level


def take(session: Session, network: str | None, *, trusted: bool, now: datetime) -> None:
    """Count one more gift against the shares it has; raise NoShareLeft.

    A network's share is one with the subscribe form's: who floods one of them has nothing left for the other.
    """
    tag = requests.network_tag(keyring(session), network, now=now)
    shares = [(ALL, _EVERYBODY)]
    if tag is not None:
        shares += [(caps.NETWORK, tag)] + ([] if trusted else [(UNPROVEN, tag)])
    caps.hold(session)
    if not all(caps.has_room(session, limit, key, now=now) for limit, key in shares):
        raise NoShareLeft
    for limit, key in shares:
        caps.count(session, limit, key, now=now)
