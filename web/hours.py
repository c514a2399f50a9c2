"""An hour as staff type it beside a time zone, and as they read it back."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from mailer import zones
from wiring.core import core


def instant(typed: str, zone: str) -> datetime:
    """Return the instant of an hour such as 2026-12-14T09:00 in a zone (IANA name); raise zones.BadTime."""
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise zones.BadTime("Give the day and the hour as 2026-12-14T09:00.") from None
    return zones.instant(local, zone)


def typed(at: datetime, zone: str) -> str:
    """Return an instant as a field for day and hour holds it, in a zone."""
    return f"{at.astimezone(ZoneInfo(zones.known(zone))):%Y-%m-%dT%H:%M}"


def said(at: datetime, zone: str) -> str:
    """Return an instant as people in a zone read it, and in UTC where that is another hour."""
    there, utc = at.astimezone(ZoneInfo(zones.known(zone))), at.astimezone(UTC)
    if there.utcoffset() == utc.utcoffset():
        return zones.said(at, zone)
    day = "" if there.date() == utc.date() else f"{utc.day} {utc:%B %Y}, "
    return f"{zones.said(at, zone)}, which is {day}{utc:%H:%M} UTC"


def home() -> str:
    """Return the organisation's own time zone."""
    return core().settings.org_timezone


def choices() -> list[str]:
    """Return every zone that an hour may be said in: the organisation's own, UTC, then all by name."""
    first = dict.fromkeys((home(), "UTC"))
    return [*first, *(name for name in _names() if name not in first)]


@cache
def _names() -> tuple[str, ...]:
    # Without what is no place: 'Etc/GMT+5' is five hours behind Greenwich, which nobody expects.
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and name[:4] != "Etc/")
    )
