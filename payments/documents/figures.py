"""Figures that are no amounts: days as people write them in a language."""

from datetime import date

from babel.dates import format_date


def day(when: date, language: str) -> str:
    """Return '22 November 2026'."""
    # The English of no country: the day stands first, as elsewhere.
    return format_date(when, "long", locale="en_001" if language == "en" else language)
