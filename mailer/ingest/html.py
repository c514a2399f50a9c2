"""HTML read into blocks: what a page says, without its scripts, menus and forms.

The parser's events are counted, no tree is built and nothing recurs: nesting costs nothing, however deep.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from config import limits
from mailer.ingest import hidden, markdown, spans
from mailer.ingest.blocks import Block

_DROPPED: Final = (
    "nav header footer aside form template noscript svg iframe object button select textarea"
)
DROPPED: Final = frozenset(_DROPPED.split())
"""Elements that hold no part of a release. A page that keeps its text in one is read again without this."""

_BREAKING: Final = (
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 head header html hr li main nav ol p pre section table tbody thead tr ul"
)
BREAKING: Final = frozenset(_BREAKING.split())
"""Elements that begin and end a block."""
HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
NOT_IN_HEADING: Final = frozenset({*HEADINGS, "p", "ul", "ol", "table", "blockquote", "pre"})
STYLES: Final = {"em": "*", "i": "*", "cite": "*", "strong": "**", "b": "**"}
_VOID: Final = "area base col embed input link source track wbr"
VOID: Final = frozenset(_VOID.split())
CHUNK: Final = 64 * 1024
CELL_SEAM: Final = " – "
TRAILING_HASHES: Final = re.compile(r"#+$")

SNIFFED: Final = re.compile(
    r"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|article|main|div|p|h1)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Page:
    """What an HTML file says: its blocks, the lines that were dropped, and its own titles, best first."""

    blocks: tuple[Block, ...]
    left_out: tuple[str, ...]
    titles: tuple[str, ...]


def looks_like(text: str) -> bool:
    """Whether text begins as an HTML page does."""
    return SNIFFED.match(text[:2_000]) is not None


def read(text: str, *, dropped: frozenset[str] = DROPPED) -> Page:
    """Read a page. `dropped` names the elements whose text goes to `left_out`."""
    visible = hidden.cut(markdown.bounded_references(text))
    reader = _Reader(dropped)
    for start in range(0, len(visible.html), CHUNK):
        reader.feed(visible.html[start : start + CHUNK])
        if len(reader.blocks) > limits.IMPORT_BLOCKS:
            # The caller refuses so many; reading on would only take time.
            break
    reader.close()
    reader.finish()
    titles = dict.fromkeys(" ".join(title.split()) for title in (reader.og_title, reader.title))
    return Page(
        tuple(reader.blocks),
        (*reader.left_out, *visible.code),
        tuple(title for title in titles if title),
    )


class _Reader(HTMLParser):
    """Collects blocks from the parser's events; open elements are counted, never stacked."""

    def __init__(self, dropped: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.left_out: list[str] = []
        self.title = self.og_title = ""
        self._dropped = dropped
        self._open: Counter[str] = Counter()
        self._spans: list[spans.Span] = []
        self._href: str | None = None
        self._lists: list[int] = []
        self._marker = ""
        self._dropping = ""
        self._depth = 0
        self._waste: list[str] = []
        self._suspended = ""
        self._heading = 0
        # What the start of an element does besides being counted.
        self._special: Final[dict[str, Callable[[dict[str, str | None]], None]]] = {
            "a": self._start_anchor,
            "br": lambda _: self._spans.append(spans.Span("\n")),
            "hr": self._start_rule,
            "img": self._start_image,
            "li": self._start_item,
            "meta": self._start_meta,
            "ol": lambda _: self._lists.append(0),
            "q": lambda _: self._say("“"),
            "td": self._start_cell,
            "th": self._start_cell,
            "ul": lambda _: self._lists.append(-1),
        }

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element, or note one more inside a dropped element."""
        if self._dropping:
            self._start_dropped(tag)
        elif tag in self._dropped and not self._belongs(tag):
            self._flush()
            self._dropping, self._depth = tag, 1
        else:
            self._start(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """End an element; one that was never begun means nothing."""
        if self._dropping:
            self._waste.append("\n" if tag in BREAKING else " ")
            self._depth -= tag == self._dropping
            if not self._depth:
                self._drop()
        else:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        """Take text to where the open elements say."""
        if self._dropping:
            self._waste.append(data)
        elif self._open["title"]:
            self.title += data
        else:
            text = data if self._open["pre"] else data.replace("\n", " ")
            self._say(text)

    def finish(self) -> None:
        """Write what is still open when the file ends."""
        self._flush()
        self._drop()

    def _say(self, text: str) -> None:
        style = next((s for s in ("**", "*") if self._open[s]), "")
        self._spans.append(spans.Span(text, style, self._href))

    def _start_dropped(self, tag: str) -> None:
        self._waste.append("\n" if tag in BREAKING or tag == "br" else " ")
        self._depth += tag == self._dropping
        if tag == "address":
            # A page's address stands in its footer; a mail has to show it.
            self._suspended = self._dropping
            self._drop()
            self._open["address"] = 1

    def _drop(self) -> None:
        lines = (" ".join(line.split()) for line in "".join(self._waste).split("\n"))
        self.left_out += [line for line in lines if line]
        self._waste, self._dropping = [], ""

    def _belongs(self, tag: str) -> bool:
        """Whether this is the header or footer of the article rather than of the page."""
        return tag in {"header", "footer"} and bool(self._open["article"] + self._open["main"])

    def _start(self, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in BREAKING:
            self._flush()
            self._open["title"] = 0
        if tag in NOT_IN_HEADING:
            # A heading that was never ended would make one of all the text behind it.
            self._heading = HEADINGS.get(tag, 0)
        if tag in STYLES:
            self._open[STYLES[tag]] += 1
        elif tag in self._special:
            self._special[tag](attributes)
        elif tag not in VOID:
            self._open[tag] += 1

    def _end(self, tag: str) -> None:
        if tag in BREAKING:
            self._flush()
        counted = STYLES.get(tag, tag)
        if self._open[counted]:
            self._open[counted] -= 1
        if tag in HEADINGS:
            self._heading = 0
        elif tag == "a":
            self._href = None
        elif tag == "q":
            self._say("”")
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "address" and self._suspended:
            self._dropping, self._depth, self._suspended = self._suspended, 1, ""

    def _flush(self) -> None:
        """Write the text since the last block as blocks of their kind."""
        if not self._spans:
            return
        written = spans.paragraphs(self._spans)
        self._spans = []
        for source in written:
            self.blocks.append(self._block(source, self._heading))
            self._marker = ""

    def _block(self, source: str, level: int) -> Block:
        if level:
            text = TRAILING_HASHES.sub(r"\\\g<0>", source.replace("\\\n", " "))
            return Block(f"{'#' * level} {text}", level=level)
        indented = source.replace("\n", "\n" + " " * len(self._marker))
        marked = self._marker + indented
        if self._open["blockquote"]:
            marked = "> " + marked.replace("\n", "\n> ")
        return Block(marked, is_address=bool(self._open["address"]))

    def _start_anchor(self, attributes: dict[str, str | None]) -> None:
        if "href" in attributes:
            self._href = attributes["href"] or "#"

    def _start_item(self, _: dict[str, str | None]) -> None:
        if self._lists and self._lists[-1] >= 0:
            self._lists[-1] += 1
            self._marker = f"{self._lists[-1]}. "
        else:
            self._marker = "- "

    def _start_cell(self, _: dict[str, str | None]) -> None:
        if any(span.text.strip() for span in self._spans):
            self._spans.append(spans.Span(CELL_SEAM))

    def _start_rule(self, _: dict[str, str | None]) -> None:
        self._flush()
        self.blocks.append(Block("---"))

    def _start_image(self, attributes: dict[str, str | None]) -> None:
        if described := (attributes.get("alt") or "").strip():
            self.left_out.append(f"image: {described}")

    def _start_meta(self, attributes: dict[str, str | None]) -> None:
        if (attributes.get("property") or attributes.get("name")) == "og:title":
            self.og_title = attributes.get("content") or ""
