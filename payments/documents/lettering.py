"""Lettering: text becomes lines that can be drawn, each joined as its script joins and turned as it is read.

The page draws glyphs from left to right and knows no script: Arabic letters take the form of their place
in the word here (arabic-reshaper), and a line is put into the order that it is seen in (UAX 9, python-bidi).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from arabic_reshaper import ArabicReshaper  # type: ignore[import-untyped] # ships no types
from bidi import get_display  # type: ignore[import-untyped] # ships no types
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped] # ships no types
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped] # ships no types

REGULAR: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"

_FOLDER: Final = Path(__file__).parent / "fonts"
# What steers direction and joining is obeyed, and has no shape of its own.
_STEERING: Final = re.compile("[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_UNPRINTABLE: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ISOLATE: Final = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
# The one ligature that is a word; DejaVu Sans has no glyph for it.
_RESHAPER: Final = ArabicReshaper({"ARABIC LIGATURE ALLAH": False})


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: its font, its size and the distance of its lines, in points."""

    size: float = 10
    leading: float = 15
    font: str = REGULAR
    grey: float = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its glyphs in the order they are seen, and its characters in the order they are read."""

    drawn: str
    read: str
    width: float

    @property
    def is_turned(self) -> bool:
        """Whether a program that copies or reads the glyphs aloud must be told the characters."""
        return self.drawn != self.read


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, what it becomes once its letters are joined, and the width of that."""

    read: str
    joined: str
    width: float


def lines(text: str, style: Style, width: float, *, rtl: bool) -> list[Line]:
    """Return a text as lines of at most that width in points.

    Each paragraph runs as its own first letter says, and as `rtl` says where it has figures alone.
    """
    return [
        _line(words, style, rtl=runs)
        for block in _UNPRINTABLE.sub("", text).splitlines()
        for runs in [_runs_right(block, otherwise=rtl)]
        for words in _wrapped(_words(block, style, width), _measure(" ", style), width)
    ]


def _runs_right(block: str, *, otherwise: bool) -> bool:
    """Tell whether a paragraph runs from the right: its first letter that is in no isolate (UAX 9, P2)."""
    kinds = map(unicodedata.bidirectional, _ISOLATE.sub("", block))
    first = next((kind for kind in kinds if kind == "L" or kind in _RIGHT_TO_LEFT), None)
    return otherwise if first is None else first in _RIGHT_TO_LEFT


def _line(words: list[_Word], style: Style, *, rtl: bool) -> Line:
    joined, read = (
        " ".join(parts) for parts in zip(*((w.joined, w.read) for w in words), strict=True)
    )
    drawn = _STEERING.sub("", str(get_display(joined, base_dir="R" if rtl else "L")))
    return Line(drawn, _STEERING.sub("", read), _measure(drawn, style))


def _wrapped(words: Iterator[_Word], blank: float, width: float) -> Iterator[list[_Word]]:
    """Yield as many words at once as fit with their blanks; no letter joins another over a blank."""
    line: list[_Word] = []
    taken = 0.0
    for word in words:
        if line and taken + blank + word.width > width:
            yield line
            line, taken = [], 0.0
        taken += word.width + (blank if line else 0)
        line.append(word)
    if line:
        yield line


def _words(block: str, style: Style, width: float) -> Iterator[_Word]:
    """Yield the words of a paragraph; one that is wider than a line comes in parts that are not."""
    for read in block.split(" "):
        rest = _word(read, style)
        while rest.width > width:
            fitting = (n for n in range(len(rest.read) - 1, 1, -1))
            cut = next((n for n in fitting if _word(rest.read[:n], style).width <= width), 1)
            yield _word(rest.read[:cut], style)
            rest = _word(rest.read[cut:], style)
        yield rest


def _word(read: str, style: Style) -> _Word:
    joined = _joined(read, style.font)
    return _Word(read, joined, _measure(_STEERING.sub("", joined), style))


def _measure(drawn: str, style: Style) -> float:
    _face(style.font)
    return float(pdfmetrics.stringWidth(drawn, style.font, style.size))


def _joined(text: str, font: str) -> str:
    if not any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text):
        return text
    glyphs = _face(font).face.charToGlyph
    return "".join(_known(character, glyphs) for character in str(_RESHAPER.reshape(text)))


def _known(character: str, glyphs: dict[int, int]) -> str:
    """Return a letter by itself where the font lacks it in its joined form, as of some of Urdu's."""
    if ord(character) in glyphs:
        return character
    return unicodedata.normalize("NFKC", character)


@cache
def _face(font: str) -> Any:  # noqa: ANN401 - reportlab has no types
    made = TTFont(font, _FOLDER / f"{font}.ttf")
    pdfmetrics.registerFont(made)
    return made
