"""Pages of a long list: which one was asked for, and what lies before and behind it."""

from dataclasses import dataclass

from config import limits

_DIGITS = 9
"""A page number of more digits is no page of ours, and too large for the database."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of `total` rows, counted from 1."""

    number: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page; an empty list has one page too."""
        return max(1, -(-self.total // limits.PAGE_ROWS))

    @property
    def limit(self) -> int:
        """How many rows the page holds at most."""
        return limits.PAGE_ROWS

    @property
    def offset(self) -> int:
        """How many rows lie before it."""
        return (self.number - 1) * limits.PAGE_ROWS


def page(asked: str | None, *, total: int) -> Page:
    """Return the page that was asked for; what is no page of this list means the nearest one that is."""
    number = int(asked) if asked and asked.isdecimal() and len(asked) <= _DIGITS else 1
    return Page(min(max(number, 1), Page(1, total).last), total)
