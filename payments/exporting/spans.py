"""Spans: the days that a file is about, as the organisation counts them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from config import limits


class BadSpan(ValueError):
    """No file can be about these days; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both of them too, in a time zone (IANA name)."""

    first: date
    last: date
    zone: str

    @classmethod
    def read(cls, first: str, last: str, zone: str) -> Self:
        """Return the span of two days as they were typed, such as 2026-01-31; raise BadSpan."""
        span = cls(_day(first), _day(last), zone)
        if span.first > span.last:
            raise BadSpan("The last day lies before the first; give the earlier one first.")
        return span

    @property
    def begins(self) -> datetime:
        """Return the moment at which the first day begins."""
        return self._midnight(self.first)

    @property
    def ends(self) -> datetime:
        """Return the moment at which the last day is over."""
        return self._midnight(self.last + timedelta(days=1))

    def day(self, moment: datetime) -> date:
        """Return the day that a moment lies in."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def time(self, moment: datetime) -> datetime:
        """Return a moment as the clocks of the zone have it."""
        return moment.astimezone(ZoneInfo(self.zone))

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def _midnight(self, day: date) -> datetime:
        there = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone))
        return there.astimezone(UTC)


def _day(typed: str) -> date:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise BadSpan("Give each day as 2026-01-31.") from None
    if not limits.STATEMENT_FIRST_YEAR <= day.year <= limits.EXPORT_LAST_YEAR:
        raise BadSpan(
            f"Give days of the years {limits.STATEMENT_FIRST_YEAR} to {limits.EXPORT_LAST_YEAR}."
        )
    return day
