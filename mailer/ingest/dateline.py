"""The dateline: the place and the day in front of a release's first sentence, or on a line of their own."""

import re
from dataclasses import dataclass
from typing import Final

from config import limits
from mailer import parts
from mailer.ingest import dates, markdown
from mailer.ingest.blocks import Block

HEAD_LENGTH: Final = 240
"""How much of a paragraph is looked at: a dateline stands at its start."""
PLACE_WORDS: Final = 8
STANDALONE_WORDS: Final = 14

_BEFORE_DATE: Final = (
    "den a à le la el on vom am du dated date datum fecha дата التاريخ في بتاريخ published posted updated"
    " publié publicado veröffentlicht опубликовано stand"
    " monday tuesday wednesday thursday friday saturday sunday"
    " lunes martes miércoles jueves viernes sábado domingo"
    " lundi mardi mercredi jeudi vendredi samedi dimanche"
    " montag dienstag mittwoch donnerstag freitag samstag sonntag"
    " понедельник вторник среда четверг пятница суббота воскресенье"
    " الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"
)
BEFORE_DATE: Final = frozenset(_BEFORE_DATE.split())
"""Words between the place and the date, or in front of a date alone; they name neither."""

_SMALL_WORDS: Final = (
    "de la el los las del do da du des le les am an der den dem im in sur en of the on upon and y et"
    " und и на под г al bei"
)
SMALL_WORDS: Final = frozenset(_SMALL_WORDS.split())
"""Words a place's name may hold in small letters."""

_NOT_PLACES: Final = (
    "update correction note notes urgent breaking exclusive statement press release news important"
    " warning alert media contact on in by since until before after from for at as to between en el"
    " la le les der die das im am ab seit bis в с на до после от"
)
NOT_PLACES: Final = frozenset(_NOT_PLACES.split())
"""Words in front of a date or a dash that are no place by themselves."""

OPENING: Final = re.compile(r"\s*([*_]{0,3})\s*(\(?)\s*")
CLOSING: Final = re.compile(
    r"\s?(\)?)(?:\s?\([^()\n]{1,40}\)|\s?/[^/\n]{1,40}/)?\s?([*_]{0,3})"
    r"\s*(—|–|―|‒|-{1,3}(?=\s|$)|:|\.(?=[\s*_—–-]|$)|\||,(?=\s*$)|$)?[—–-]?\s*([*_]{0,3})\s*"
)
PLACE_AFTER: Final = re.compile(
    r"\s?[,|]\s?([^\d!?;\"“”«»<>\[\]|—–\n]{2,60}?)\s*(?:—|–|\s-\s|\||$)\s*"
)
PLACE_ALONE: Final = re.compile(
    r"([*_]{0,3})([^\W\d_][^\d!?;:\"“”«»<>\[\]*_—–\n]{1,40}?)\s*(?:—|–|\s--?\s)\s*"
)
EDGES: Final = " \t\n,،.:|–—-()*_\u200e\u200f"
ABBREVIATED: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]\.[^\W\d_]$")
"""`D.C`: the full stop behind it belongs to the name."""
FORBIDDEN: Final = re.compile(r"[\d!?;:\"“”«»<>\[\]@=]|[^\W\d_]{4}\.\s")


@dataclass(frozen=True, slots=True)
class Opening:
    """A dateline at the start of a paragraph: its value, its words as they stood, and what follows."""

    dateline: parts.Dateline
    said: str
    rest: str


def opening(source: str, *, language: str) -> Opening | None:
    """Find a dateline at the start of a paragraph of Markdown."""
    head = source[:HEAD_LENGTH]
    return _with_date(source, head, language) or _place_alone(source, head)


def standalone(block: Block, *, language: str) -> Opening | None:
    """Find a dateline that has a line to itself."""
    if block.is_item or block.count > STANDALONE_WORDS:
        return None
    found = opening(block.plain if block.level else block.source, language=language)
    return found if found and not found.rest and found.dateline.day else None


def merged(first: parts.Dateline, second: parts.Dateline) -> parts.Dateline:
    """Fill what the first dateline lacks from the second."""
    return parts.Dateline(first.place or second.place, first.day or second.day)


def _with_date(source: str, head: str, language: str) -> Opening | None:
    start = OPENING.match(head)
    found = dates.find(head, language=language)
    if start is None or found is None or found.day is None or found.start < start.end():
        return None
    place = _place(head[start.end() : found.start])
    if place is None:
        return None
    end, marks = found.end, ""
    if not place and (after := PLACE_AFTER.match(head, end)):
        place = _place(after[1]) or ""
        end = after.end() if place else end
    if not (place and end != found.end):
        closing = CLOSING.match(head, found.end)
        if closing is None or not _closes(closing, enclosed=bool(start[2])):
            return None
        end, marks = closing.end(), closing[2] + closing[4]
    return _opening(source, parts.Dateline(place, found.day), end, opened=start[1], closed=marks)


def _closes(closing: re.Match[str], *, enclosed: bool) -> bool:
    """Whether the sentence begins here: after a dash, a colon, a full stop, a bracket, or at the end."""
    return closing[3] is not None or (enclosed and bool(closing[1]))


def _place_alone(source: str, head: str) -> Opening | None:
    """Find a place in capitals before a dash: `GENEVA — The court ...`."""
    match = PLACE_ALONE.match(head)
    if match is None or not match[2].isupper():
        return None
    place = _place(match[2])
    if not place:
        return None
    return _opening(source, parts.Dateline(place), match.end(), opened=match[1], closed="")


def _opening(
    source: str, dateline: parts.Dateline, end: int, *, opened: str, closed: str
) -> Opening | None:
    rest = source[end:].strip()
    if rest:
        # Where the emphasis goes on behind the dateline, or begins there, its mark stays with the text.
        rest = (closed.removeprefix(opened) if closed else opened) + rest
    return Opening(dateline, source[:end].strip(), rest)


def _place(text: str) -> str | None:
    """Return the place a text names, '' where it names none, None where it is something else."""
    words = markdown.plain(text).strip(EDGES).split()
    while words and words[-1].strip(EDGES).casefold() in BEFORE_DATE:
        words.pop()
    place = " ".join(words).strip(EDGES)
    if ABBREVIATED.search(place):
        place += "."
    if not place:
        return ""
    known = len(words) <= PLACE_WORDS and not FORBIDDEN.search(place)
    named = all(_is_name(word) for word in words) and place.casefold() not in NOT_PLACES
    return place if known and named and len(place) <= limits.PLACE_LENGTH else None


def _is_name(word: str) -> bool:
    first = word.strip(EDGES)[:1]
    return not first.islower() or word.strip(EDGES).casefold() in SMALL_WORDS
