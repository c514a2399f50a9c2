"""The page: text laid out from its top, in either direction, onto as many sheets as it needs.

The same calls give the same bytes: no clock, no random identifier (reportlab's `invariant`).
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from reportlab import rl_config  # type: ignore[import-untyped] # ships no types
from reportlab.lib.pagesizes import A4, LETTER  # type: ignore[import-untyped] # ships no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped] # ships no types

from config import languages
from payments.documents import lettering
from payments.documents.lettering import BOLD, Line, Style

# A mail encodes its files anyway: streams in ASCII are only larger, and slower to write.
rl_config.useA85 = 0

PAPERS: Final = {"a4": A4, "letter": LETTER}

PLAIN: Final = Style()
STRONG: Final = Style(font=BOLD)
QUIET: Final = Style(size=8.5, leading=12.5, grey=0.35)
TITLE: Final = Style(size=19, leading=26, font=BOLD)
NAME: Final = Style(size=13, leading=18, font=BOLD)

_MARGIN: Final = 68.0  # points, as every length here
_FOOT: Final = 62.0
_LABELS: Final = 150.0
_GUTTER: Final = 10.0
_HAIR: Final = 0.6


class Page:
    """A document in the making; what is added goes below what was there."""

    def __init__(self, *, title: str, author: str, language: str, paper: str, foot: str) -> None:
        self._rtl = languages.BY_CODE[language].direction == "rtl"
        self._width, self._height = PAPERS[paper]
        self._foot = foot
        self._bytes = BytesIO()
        self._canvas = Canvas(
            self._bytes, pagesize=PAPERS[paper], invariant=1, pageCompression=1, lang=language
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._canvas.setCreator(author)
        self._canvas.setSubject("")
        # A reader's window shows the title, not the name of the file, and opens on the right side.
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._canvas.setViewerPreference("Direction", "R2L" if self._rtl else "L2R")
        self._number = 1
        self._y = self._top

    def text(self, text: str, style: Style = PLAIN) -> None:
        """Add a paragraph over the whole width."""
        for line in lettering.lines(text, style, self._inner, rtl=self._rtl):
            self._need(style.leading)
            self._put(line, style, 0, self._inner)
            self._y -= style.leading

    def rows(self, pairs: Sequence[tuple[str, str]], style: Style = PLAIN) -> None:
        """Add labels with what belongs to each, in two columns; what is empty is left out."""
        widths = (_LABELS, self._inner - _LABELS)
        for label, value in pairs:
            if value:
                self._cells(((label, QUIET), (value, style)), widths, ends=0)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], style: Style) -> None:
        """Add rows of cells; `widths` are parts of the whole, and all but the first two hold amounts."""
        points = [self._inner * width / sum(widths) for width in widths]
        for row in rows:
            self._cells([(cell, style) for cell in row], points, ends=2)

    def rule(self, *, weight: float = _HAIR) -> None:
        """Add a line across, with room around it."""
        self._need(PLAIN.leading)
        self._canvas.setLineWidth(weight)
        self._canvas.setStrokeGray(0.1 if weight > _HAIR else 0.7)
        self._y -= 2
        self._canvas.line(_MARGIN, self._y, self._width - _MARGIN, self._y)
        self._y -= 8

    def gap(self, points: float) -> None:
        """Leave room."""
        self._y -= points

    def pdf(self) -> bytes:
        """End the document and return it."""
        self._end_sheet()
        self._canvas.save()
        return self._bytes.getvalue()

    @property
    def _inner(self) -> float:
        return float(self._width - 2 * _MARGIN)

    @property
    def _top(self) -> float:
        return float(self._height - _MARGIN)

    def _cells(
        self, cells: Sequence[tuple[str, Style]], widths: Sequence[float], *, ends: int
    ) -> None:
        """Add cells beside each other; from the `ends`-th on (0: none) they stand at their far side."""
        wrapped = [
            lettering.lines(text, style, width - _GUTTER, rtl=self._rtl)
            for (text, style), width in zip(cells, widths, strict=True)
        ]
        leading = max(style.leading for _, style in cells)
        self._need(leading)
        for number in range(max(map(len, wrapped))):
            self._need(leading)
            start = 0.0
            for at, (lines, width) in enumerate(zip(wrapped, widths, strict=True)):
                if number < len(lines):
                    far = 0 < ends <= at
                    self._put(lines[number], cells[at][1], start, width - _GUTTER, far=far)
                start += width
            self._y -= leading

    def _put(
        self, line: Line, style: Style, start: float, width: float, *, far: bool = False
    ) -> None:
        """Draw a line in a box that starts so far from the side where reading begins."""
        before = start + (width - line.width if far else 0)
        x = self._width - _MARGIN - before - line.width if self._rtl else _MARGIN + before
        self._draw(line, style, x, self._y - style.size)

    def _draw(self, line: Line, style: Style, x: float, y: float) -> None:
        self._canvas.setFont(style.font, style.size)
        self._canvas.setFillGray(style.grey)
        if line.is_turned:
            # ISO 32000-1 14.9.4: who copies or hears the line gets its characters, not its glyphs.
            read = b"\xfe\xff" + line.read.encode("utf-16-be")
            self._canvas.addLiteral(f"/Span <</ActualText <{read.hex()}>>> BDC")
        self._canvas.drawString(x, y, line.drawn)
        if line.is_turned:
            self._canvas.addLiteral("EMC")

    def _need(self, height: float) -> None:
        if self._y - height < _FOOT:
            self._end_sheet()
            self._number += 1
            self._y = self._top

    def _end_sheet(self) -> None:
        self._y = _FOOT - 18
        foot = f"{self._foot} · {self._number}"
        for line in lettering.lines(foot, QUIET, self._inner, rtl=self._rtl)[:1]:
            self._put(line, QUIET, 0, self._inner)
        self._canvas.showPage()
