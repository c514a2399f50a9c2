"""Lines of a plain-text mail: how wide a text stands, where it may break, which way it runs."""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

# A line may not begin with a closer nor end with an opener (the core of JIS X 4051 and GB/T 15834).
_CLOSERS: Final = frozenset("、。，．・：；？！）〕］｝〉》」』】〗ー々…’”!),.:;?]}»")
_OPENERS: Final = frozenset("（〔［｛〈《「『【〖‘“([{«")
_HANGUL: Final = range(0xAC00, 0xD7A4)
_MARK: Final = {"ltr": "\u200e", "rtl": "\u200f"}
_STRONG: Final = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def columns(text: str) -> int:
    """Return the columns a text fills: two for a wide character, none for a combining mark."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if _is_wide(character) else 1


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"}


def direction(text: str) -> str:
    """Return the way a text runs, 'ltr' or 'rtl', by its first strong character (UAX #9 P2)."""
    found = (_STRONG.get(unicodedata.bidirectional(character)) for character in text)
    return next((way for way in found if way), "ltr")


def wrap(text: str, width: int) -> list[str]:
    """Return a paragraph as lines of at most `width` columns; a word longer than that stays whole.

    Words part at spaces, and between wide characters where CJK typography allows it; a newline in
    the text stays a newline. A line that would begin in the other direction than its paragraph gets
    a mark in front: each line of plain text is a bidirectional paragraph of its own, and without
    the mark an Arabic line that begins with a Latin name would be laid out from the left.
    """
    way = direction(text)
    return [
        _MARK[way] + line if _runs_against(way, line) else line
        for paragraph in text.split("\n")
        for line in _fill(paragraph, width)
    ]


def _runs_against(way: str, line: str) -> bool:
    strong = (unicodedata.bidirectional(character) for character in line)
    first = next((_STRONG[kind] for kind in strong if kind in _STRONG), way)
    return first != way


def _fill(paragraph: str, width: int) -> list[str]:
    lines: list[list[str]] = [[]]
    used = 0
    for space, atom in _atoms(paragraph):
        wide = columns(atom)
        if lines[-1] and used + len(space) + wide > width:
            lines.append([])
        used = used + len(space) + wide if lines[-1] else wide
        lines[-1] += [space, atom] if lines[-1] else [atom]
    return ["".join(line) for line in lines]


def _atoms(paragraph: str) -> Iterator[tuple[str, str]]:
    """Yield what may not be broken, each with the space that stands before it."""
    for word in filter(None, paragraph.replace("\t", " ").split(" ")):
        start = 0
        for place, (before, after) in enumerate(pairwise(word), start=1):
            if _may_break(before, after):
                yield " " * (start == 0), word[start:place]
                start = place
        yield " " * (start == 0), word[start:]


def _may_break(before: str, after: str) -> bool:
    if before.isascii() and after.isascii():
        return False
    if after in _CLOSERS or before in _OPENERS or not _columns_of(after):
        return False
    # Korean is written with spaces, although its characters are wide.
    return any(_is_wide(one) and ord(one) not in _HANGUL for one in (before, after))


def underline(lines: list[str], rule: str) -> list[str]:
    """Return a title with a rule as wide as it below, starting at the side the title does."""
    way = direction("".join(lines))
    mark = _MARK[way] if way == "rtl" else ""
    return [*lines, mark + rule * max(map(columns, lines))]
