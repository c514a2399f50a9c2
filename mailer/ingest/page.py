"""A page: a file's blocks, whatever its format, and what it says about itself."""

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from mailer.ingest import blocks, html, matter

HTML_NAMES: Final = frozenset({".html", ".htm", ".xhtml"})
MARKDOWN_NAMES: Final = frozenset({".md", ".markdown", ".mdown", ".mkd"})
TAG: Final = re.compile(r"<[a-z!/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A file's blocks, the lines dropped already, and what it says beside its text.

    `titles` are names the page gives itself, `stated` is a headline an author set, `dated` a date.
    """

    blocks: tuple[blocks.Block, ...]
    left_out: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    stated: str = ""
    dated: str = ""


def is_html(text: str, *, name: str) -> bool:
    """Whether a file is HTML, by its name's ending or by its beginning."""
    if PurePath(name).suffix.lower() in HTML_NAMES:
        return TAG.search(text) is not None
    return html.looks_like(text)


def written(text: str, *, name: str) -> Page:
    """Read plain text or Markdown."""
    found = matter.take(text)
    is_markdown = PurePath(name).suffix.lower() in MARKDOWN_NAMES
    cut = blocks.split(found.text, is_markdown=is_markdown)
    return Page(cut, found.lines, stated=found.title, dated=found.date)


def shown(text: str, *, whole: bool = False) -> Page:
    """Read HTML; with `whole`, also what stands in elements that usually hold no part of a release."""
    page = html.read(text, dropped=frozenset() if whole else html.DROPPED)
    return Page(page.blocks, page.left_out, page.titles)
