"""The parts of a press release as plain values: what the importer finds, the table keeps, the mail shows."""

from dataclasses import dataclass
from datetime import date
from typing import Final

RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
"""Languages written right to left, by their ISO 639-1 code."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or desk that journalists may call."""

    name: str = ""
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where and when the release was given out."""

    place: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """One language version of a release.

    `body` and `boilerplate` are Markdown (CommonMark without raw HTML); `postal_address` is lines of plain
    text; everything else is one line of plain text. `language` is an ISO 639-1 code.
    """

    headline: str
    body: str
    language: str = "en"
    subhead: str = ""
    dateline: Dateline = Dateline()
    contacts: tuple[Contact, ...] = ()
    boilerplate: str = ""
    postal_address: str = ""


def direction(language: str) -> str:
    """Return the value of HTML's `dir` for a language: 'rtl' or 'ltr'."""
    return "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
