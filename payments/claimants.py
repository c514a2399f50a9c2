"""Claimants: a donor's name and home as HMRC's schedule of Gift Aid donations has them.

gov.uk, "Schedule spreadsheet to claim back tax on Gift Aid donations": a title of at most four letters, first
and last name of at most 35 each, without hyphens in the last; the name or number of the house; the postcode
in capitals with one space. Nobody types these apart, so they are told apart here, by the plainest rules.
"""

import re
from dataclasses import dataclass
from typing import Final

from config import limits

_TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "fr", "sir", "dame", "lord", "lady"}
)
"""Those of four letters at most: what is longer would be cut."""
_POSTCODE: Final = re.compile(
    r"\b([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE | re.ASCII
)
"""Without those letters that no second half has (Royal Mail, Programmer's Guide to the PAF)."""
_FIRST_AND_LAST: Final = 2
"""Words that a full name has at least."""
_NUMBER: Final = re.compile(r"[0-9]+[A-Za-z]?(?:\s?[-/]\s?[0-9]+[A-Za-z]?)?(?!\S)")


@dataclass(frozen=True, slots=True)
class Name:
    """A full name; `title` is "" where none was typed."""

    title: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Home:
    """A home in the United Kingdom."""

    house: str
    postcode: str


def name(typed: str) -> Name | None:
    """Return a full name as the schedule has it; None where first or last name is missing.

    The last word is the last name, with words in small letters before it: 'Anna Maria van Example' is Anna
    Maria, van Example.
    """
    words = typed.split()
    titled = words[:1] and words[0].rstrip(".").lower() in _TITLES
    title = words.pop(0).rstrip(".") if titled else ""
    if len(words) < _FIRST_AND_LAST:
        return None
    parting = len(words) - 1
    while parting > 1 and words[parting - 1].islower():
        parting -= 1
    last = " ".join(words[parting:]).replace("-", " ")
    longest = limits.GIFT_AID_NAME_LENGTH
    return Name(title, " ".join(words[:parting])[:longest], last[:longest])


def home(typed: str) -> Home | None:
    """Return a home as the schedule has it; None where there is no postcode, or nothing but it.

    The house is the number that the address begins with, else what stands before its first comma or line's
    end, with the number that follows: 'Flat 3, 12 High Street' is Flat 3, 12.
    """
    text = "\n".join(" ".join(part.split()) for part in re.split(r"[,\n]", typed))
    codes = list(_POSTCODE.finditer(text))
    if not codes:
        return None
    rest = text[: codes[-1].start()] + text[codes[-1].end() :]
    parts = [part.strip() for part in rest.split("\n") if part.strip()]
    if not parts:
        return None
    house = _house(parts)[: limits.GIFT_AID_HOUSE_LENGTH]
    return Home(house, " ".join(codes[-1].groups()).upper())


def _house(parts: list[str]) -> str:
    numbers = [_NUMBER.match(part) for part in parts[:2]]
    if numbers[0]:
        return numbers[0][0]
    if numbers[1:] and numbers[1]:
        return f"{parts[0]}, {numbers[1][0]}"
    return parts[0]
