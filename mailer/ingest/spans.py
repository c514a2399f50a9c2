"""Spans: pieces of a line with one style and one link, and the Markdown they make together."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final
from urllib.parse import quote

from mailer.ingest import links, markdown

TARGET_LENGTH: Final = 1_900
"""Longer targets are not read back as links by `markdown.LINK`, nor useful in a mail."""
TARGET_SAFE: Final = "%/:?#@!$&+,;=~._-"
REFERENCE: Final = re.compile(r"&(?=#?\w{1,32};)")
SPACES: Final = re.compile(r"[^\S\n]+")
AROUND_BREAK: Final = re.compile(r" ?\n ?")


@dataclass(frozen=True, slots=True)
class Span:
    """Plain text in one style ('', '*' or '**'); `href` is None outside a link; a line feed is a break."""

    text: str
    style: str = ""
    href: str | None = None


def paragraphs(spans: Iterable[Span]) -> list[str]:
    """Write spans as Markdown paragraphs: one forced break stays a break, two begin a new paragraph.

    Emphasis is written flat and only where CommonMark's flanking rules (6.2) are sure to read it back.
    """
    written = (_joined(_merged(group)) for group in _grouped(spans))
    tidy = (AROUND_BREAK.sub("\n", SPACES.sub(" ", text)).strip() for text in written)
    return [_lines(text) for text in tidy if text]


def _lines(piece: str) -> str:
    return "\\\n".join(markdown.escape_start(line) for line in piece.split("\n"))


def _grouped(spans: Iterable[Span]) -> list[list[Span]]:
    """Give each paragraph its spans. No link and no style crosses a break: Markdown could not say it."""
    groups: list[list[Span]] = [[]]
    breaks = 0
    for span in spans:
        for number, line in enumerate(span.text.split("\n")):
            breaks += number > 0
            if not line.strip():
                groups[-1] += [Span(line)] if line else []
                continue
            if breaks > 1:
                groups.append([])
            elif breaks:
                groups[-1].append(Span("\n"))
            groups[-1].append(replace(span, text=line))
            breaks = 0
    return groups


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Join neighbours of one style and link: a browser shows no seam between them."""
    runs = groupby(spans, key=lambda span: (span.style, span.href))
    return [Span("".join(s.text for s in run), style, href) for (style, href), run in runs]


def _joined(spans: list[Span]) -> str:
    out: list[str] = []
    last = ""
    for number, span in enumerate(spans):
        following = spans[number + 1] if number + 1 < len(spans) else None
        opened = span.href is not None and (not number or spans[number - 1].href != span.href)
        closed = span.href is not None and (following is None or following.href != span.href)
        before = "[" if opened else last
        after = "]" if closed else _first(following, span.href)
        written = _styled(span, before=before, after=after)
        written = f"[{written}" if opened else written
        written = (
            f"{written}]({_target(span.href)})" if closed and span.href is not None else written
        )
        out.append(written)
        last = written[-1:] or last
    return "".join(out)


def _first(span: Span | None, href: str | None) -> str:
    """Return the character that will stand after a span of this link."""
    if span is None:
        return ""
    return "[" if span.href is not None and span.href != href else span.text[:1]


def _styled(span: Span, *, before: str, after: str) -> str:
    core = span.text.strip()
    if not core or not span.style:
        return markdown.escape(span.text)
    lead, _, tail = span.text.partition(core)
    before, after = lead[-1:] or before, tail[:1] or after
    # A mark right behind another span's mark would be read as one longer mark.
    opens = before != "*" and (core[0].isalnum() or _is_apart(before))
    closes = core[-1].isalnum() or _is_apart(after)
    style = span.style if opens and closes else ""
    return f"{lead}{style}{markdown.escape(core)}{style}{tail}"


def _is_apart(character: str) -> bool:
    return not character or character.isspace() or unicodedata.category(character).startswith("P")


def _target(href: str) -> str:
    target = href.strip()
    if target.startswith("//"):
        target = f"https:{target}"
    if not links.is_reachable(target) or len(target) > TARGET_LENGTH:
        return "#"
    encoded = quote(target, safe=TARGET_SAFE, encoding="utf-8", errors="replace")
    return REFERENCE.sub("&amp;", encoded)
