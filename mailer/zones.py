"""Time zones: an hour that people say in a place, and the instant it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadTime(ValueError):
    """A time cannot be meant as it was said; the message says what to mend."""


def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, such as Europe/Berlin; raise BadTime."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # OSError: the name of a folder of the zone database, such as Europe.
        raise BadTime(
            f"There is no time zone called {name!r}; write one such as Europe/Berlin."
        ) from None


def instant(local: datetime, name: str) -> datetime:
    """Return the instant (UTC) of a naive local time, the first where it comes twice; raise BadTime."""
    if local.tzinfo is not None:
        raise BadTime("Write the time without an offset: the zone says it.")
    try:
        there = local.replace(tzinfo=zone(name), fold=0)
        at = there.astimezone(UTC)
        back = at.astimezone(there.tzinfo)
    except OverflowError:
        raise BadTime(f"{local:%Y-%m-%d} is no day that a calendar has.") from None
    if back.replace(tzinfo=None) != local:
        raise BadTime(
            f"{local:%H:%M} does not exist on {local:%Y-%m-%d} in {name}: clocks are put forward then."
        )
    return at


def known(name: str) -> str:
    """Return the name of a stored zone, or UTC where no such zone is known here (any more).

    An instant was stored beside it, so what is read back is right all the same, and nobody waits for it.
    """
    try:
        return zone(name).key
    except BadTime:
        return "UTC"


def said(at: datetime, name: str) -> str:
    """Return an instant as people in a zone read it: '22 November 2026, 14:05 (Europe/Berlin)'."""
    name = known(name)
    there = at.astimezone(zone(name))
    return f"{there.day} {there:%B %Y, %H:%M} ({name})"
