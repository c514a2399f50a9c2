"""Paces: rows that say when the next mail of one kind may leave, shared by the workers of all hosts.

`draw` gives a sender its turns for at most a second ahead, `book` puts back whoever's recipient domain is
busy, `slow` learns from a domain that says so. Each belongs in a short transaction of its own: while one
is open, every other sender that is paced waits for it. `now` is the database's clock (`clock`), because
the clocks of two hosts disagree.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from config import limits
from db.sealed import Keyring
from db.types import UTCDateTime
from mailer import providers, turns
from mailer.models.deliveries import Pace, PaceCount
from mailer.sending_limits import Limits
from mailer.smtp.failures import Refusal, TemporaryFailure
from mailer.turns import Lane
from mailer.windows import Window

_LOCK: Final = text("SELECT pg_advisory_xact_lock(5106811507)")
"""Whoever reads a pace to change it holds this: one order for all, so that no two wait for each other."""
_ALL: Final = "all"
_BACK: Final = " put back"
"""Follows a domain's scope in the name of the pace that its put-back mails ask again by."""
_SLOW_AGAIN: Final = timedelta(seconds=limits.SLOW_AGAIN_SECONDS)

_LIMITS = text("""
    SELECT a.rate, l.per_second, l.window_mails, l.window_seconds, l.connections
      FROM (SELECT) AS one LEFT JOIN sending_limit AS l ON true
           LEFT JOIN announcement AS a ON a.id = :announcement
""")
# One array, not a parameter for each: a window has hundreds of domains.
_PACES = (
    select(Pace)
    .where(Pace.scope == func.any(bindparam("scopes", type_=ARRAY(Text))))
    .execution_options(populate_existing=True)
)
_MOVE = text("""
    INSERT INTO pace (scope, next_at)
    SELECT * FROM unnest(CAST(:scopes AS text[]), CAST(:times AS timestamptz[]))
        ON CONFLICT (scope) DO UPDATE SET next_at = excluded.next_at
""")
_SLOW = text("""
    INSERT INTO pace (scope, next_at, per_second, slowed_at)
    VALUES (:scope, :now, :per_second, :now)
        ON CONFLICT (scope) DO UPDATE
       SET per_second = excluded.per_second, slowed_at = excluded.slowed_at
""")
_COUNT = text("""
    INSERT INTO pace_count (slot, mails) VALUES (:slot, :mails)
        ON CONFLICT (slot) DO UPDATE SET mails = pace_count.mails + excluded.mails
""")
_FORGET = text(
    "DELETE FROM pace WHERE next_at < :stale AND (slowed_at IS NULL OR slowed_at < :stale)"
)
_FORGET_COUNTS = text("DELETE FROM pace_count WHERE slot <= :since")


_SLOW_CODE: Final = re.compile(r"4\.7\.\d+|4\.3\.2|4\.2\.1")
_SLOW_WORDS: Final = re.compile(
    r"^45[0-2]\b.*(gr[ae]y-?list|too (many|fast|quick)|rate.?limit|throttl|slow down)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grant:
    """Turns: `count` of them, the first in `first_in` seconds, the others `gap` seconds apart.

    A turn that is not used within GRANT_SECONDS of its time is void, and nobody gets it: at most one
    second's worth is lost when a sender stops. With a count of 0, ask again in `first_in` seconds.
    """

    count: int
    first_in: float
    gap: float
    #: No limit is set: as many as were wanted, now; ask again in a second whether it still is so.
    unlimited: bool = False


@dataclass(frozen=True, slots=True)
class Booking:
    """How many mails want to go to a domain now, and the large provider it belongs to."""

    provider: str | None
    count: int


def clock(session: Session) -> datetime:
    """Return the database's time, which all hosts share."""
    return session.execute(select(func.clock_timestamp(type_=UTCDateTime()))).scalar_one()


def draw(session: Session, *, announcement_id: int | None, wanted: int, now: datetime) -> Grant:
    """Draw at most `wanted` (1 or more) turns within a second: for an announcement, None for single mails.

    The window counts every mail, as the relay does whose contract it is. Announcements leave some of it
    free (WINDOW_RESERVE), so that a single mail waits only where others like it have used that up. Rates
    are for announcements: they neither hold a single mail back nor count it. Where nothing limits them this
    is one short SELECT and nothing is written.
    """
    rate, *rest = session.execute(_LIMITS, {"announcement": announcement_id}).one()
    ruling, single = Limits(*rest), announcement_id is None
    rates = {} if single else {_ALL: ruling.per_second, f"announcement {announcement_id}": rate}
    gaps = {scope: 1 / rate for scope, rate in rates.items() if rate is not None}
    if not gaps and ruling.window is None:
        return Grant(wanted, 0.0, 0.0, unlimited=True)
    session.execute(_LOCK)
    if ruling.window is None:
        return _take(session, gaps, wanted, now=now)
    room, wait = _room(session, ruling.window, reserve=not single, now=now)
    if room == 0:
        return Grant(0, wait, 0.0)
    grant = _take(session, gaps, min(wanted, room), now=now)
    if grant.count:
        session.execute(_COUNT, {"slot": ruling.window.slot(now), "mails": grant.count})
    return grant


def book(
    session: Session, wanted: Mapping[str, Booking], *, now: datetime
) -> Mapping[str, list[float]]:
    """Return, by scope, in how many seconds each mail to that recipient domain may leave, rising.

    Up to GRANT_SECONDS it is a turn, which is taken and void like one of `draw`. What is later is none:
    the mail is put back to that time and asks again then, so that a pause, a slower or a faster rate in
    between is felt by those who wait too. Domains without a cap get zeros, and nothing is written.
    """
    times = {scope: [0.0] * booking.count for scope, booking in wanted.items()}
    if not _rates(_paces(session, wanted), wanted, now=now):
        return times
    session.execute(_LOCK)
    paces = _paces(session, wanted)
    moved: dict[str, float] = {}
    for scope, rate in _rates(paces, wanted, now=now).items():
        lane = Lane(_ahead(paces.get(scope), now), 1 / rate)
        back = Lane(_ahead(paces.get(scope + _BACK), now), lane.gap)
        taken = turns.take([lane], wanted[scope].count)
        moved[scope] = lane.after(taken.count)
        later, moved[scope + _BACK] = turns.put_back(back, wanted[scope].count - taken.count)
        times[scope] = [taken.first + i * taken.gap for i in range(taken.count)] + sorted(later)
    _move(session, moved, now=now)
    return times


def slow(session: Session, scope: str, *, provider: str | None, now: datetime) -> None:
    """Halve what a recipient domain is sent, which has just told us to slow down.

    It recovers by a quarter each minute; at its provider's rate, or for any other domain at
    DOMAIN_RATE_START, it is free again.
    """
    session.execute(_LOCK)
    pace = _paces(session, [scope]).get(scope)
    if pace is not None and pace.slowed_at is not None and now - pace.slowed_at < _SLOW_AGAIN:
        return
    rate = _rate(pace, provider, now=now) or limits.DOMAIN_RATE_START
    slowed = max(rate / 2, limits.DOMAIN_RATE_MIN)
    session.execute(_SLOW, {"scope": scope, "per_second": slowed, "now": now})


def forget_quiet(session: Session, *, now: datetime) -> None:
    """Delete the paces nobody has drawn from for long, which have recovered, and slots that count no more."""
    session.execute(_LOCK)
    session.execute(_FORGET, {"stale": now - timedelta(seconds=limits.PACE_KEPT_SECONDS)})
    window = Limits(*session.execute(_LIMITS, {"announcement": None}).one()[1:]).window
    session.execute(_FORGET_COUNTS, {"since": window.since(now) if window else now})


def says_slow_down(refusal: Refusal) -> bool:
    """Tell whether a refusal for now is about how fast we send to its domain, not about one mailbox.

    421 (RFC 5321 3.8), 4.7.x, 4.3.2 and 4.2.1 (RFC 3463; large providers use 4.2.1 so), and whatever
    speaks of greylisting (RFC 6647) or of a rate. Said to MAIL it is the relay's own word.
    """
    if not isinstance(refusal, TemporaryFailure) or refusal.of_sender:
        return False
    by_code = refusal.text.startswith("421") or bool(_SLOW_CODE.fullmatch(refusal.code))
    return by_code or bool(_SLOW_WORDS.search(refusal.text))


def scope_of(keys: Keyring, address: str) -> str:
    """Return the scope of the domain that an address is at; a provider's domains share one."""
    domain = address.rpartition("@")[2].lower()
    provider = providers.provider_of(domain)
    return keys.index("pace", f"provider {provider}" if provider else domain).hex()


def _take(session: Session, gaps: Mapping[str, float], wanted: int, *, now: datetime) -> Grant:
    """Draw from every scope that has a gap; there may be none."""
    if not gaps:
        return Grant(wanted, 0.0, 0.0)
    paces = _paces(session, gaps)
    lanes = {scope: Lane(_ahead(paces.get(scope), now), gap) for scope, gap in gaps.items()}
    taken = turns.take(list(lanes.values()), wanted)
    _move(session, {scope: lane.after(taken.count) for scope, lane in lanes.items()}, now=now)
    return Grant(taken.count, taken.first, taken.gap)


def _room(session: Session, window: Window, *, reserve: bool, now: datetime) -> tuple[int, float]:
    rows = session.execute(
        select(PaceCount.slot, PaceCount.mails)
        .where(PaceCount.slot > window.since(now))
        .order_by(PaceCount.slot)
    )
    return window.room([(slot, mails) for slot, mails in rows], now=now, reserve=reserve)


def _paces(session: Session, scopes: Iterable[str]) -> dict[str, Pace]:
    """Return the paces that there are of these scopes, and of what was put back for them, in one read."""
    named = [name for scope in scopes for name in (scope, scope + _BACK)]
    return {pace.scope: pace for pace in session.scalars(_PACES, {"scopes": named})}


def _rates(
    paces: Mapping[str, Pace], wanted: Mapping[str, Booking], *, now: datetime
) -> dict[str, float]:
    """Return the rates, in mails a second, of the scopes that have a cap now."""
    rates = {s: _rate(paces.get(s), booking.provider, now=now) for s, booking in wanted.items()}
    return {scope: rate for scope, rate in rates.items() if rate is not None}


def _rate(pace: Pace | None, provider: str | None, *, now: datetime) -> float | None:
    cap = providers.PROVIDERS[provider].per_second if provider else None
    if pace is None or pace.per_second is None or pace.slowed_at is None:
        return cap
    rate = turns.recovered(pace.per_second, (now - pace.slowed_at).total_seconds())
    return cap if rate >= (cap or limits.DOMAIN_RATE_START) else rate


def _ahead(pace: Pace | None, now: datetime) -> float:
    return (pace.next_at - now).total_seconds() if pace is not None else 0.0


def _move(session: Session, ahead: Mapping[str, float], *, now: datetime) -> None:
    times = [now + timedelta(seconds=seconds) for seconds in ahead.values()]
    session.execute(_MOVE, {"scopes": list(ahead), "times": times})
