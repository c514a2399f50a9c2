"""The body of a release, from its Markdown: safe HTML, and plain text that reads as well.

Both are made of the same tokens, so that a reader of either part reads the same words.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from config import limits
from mailer import wrap

_SCHEMES: Final = ("http://", "https://", "mailto:")
_ALIGNED: Final = {"text-align:right": "end", "text-align:center": "centre"}
_CELL_CLASSES: Final = set(_ALIGNED.values())
_HEADINGS: Final = {"h2", "h3", "h4", "h5", "h6"}
_BLOCKS: Final = {"p", "br", "hr", "ul", "ol", "li", "blockquote", "pre"}
_WORDS: Final = {"a", "em", "strong", "code", "span"}
_TABLES: Final = {"table", "thead", "tbody", "tr", "th", "td"}
_NARROWEST: Final = 20


def html(markdown: str, *, lead: str = "") -> str:
    """Return Markdown as HTML of listed elements; `lead`, a dateline, opens the first paragraph.

    Raw HTML stays text. The highest heading becomes h2, because a mail and a page have their h1
    already. Images become links, because nothing may be fetched by opening a mail.
    """
    return _CLEANER.clean(_MARKDOWN.renderer.render(_tokens(markdown, lead), _MARKDOWN.options, {}))


def text(markdown: str, *, width: int = 72, lead: str = "") -> str:
    """Return Markdown as plain text in lines of `width` columns, with links listed below.

    A link that reads as its own target is not listed, and no address is ever broken over lines.
    """
    notes: list[str] = []
    lines = _flow(SyntaxTreeNode(_tokens(markdown, lead)).children, width, notes)
    listed = [f"[{number}] {url}" for number, url in enumerate(notes, start=1)]
    return "\n".join([*lines, "", *listed] if listed else lines)


def opening(markdown: str) -> str:
    """Return the first sentence of the first paragraph, cut at a word to fit a list of mails."""
    nodes = SyntaxTreeNode(_tokens(markdown, "")).walk()
    first = next((_inline(node, None) for node in nodes if node.type == "paragraph"), "")
    line = " ".join(first.split())
    # An abbreviation ("Dr.") ends no sentence: what is shorter than this is not yet one.
    sentence = re.match(r".{40,}?[.!?。؟…][\"”’»)]*(?=\s|$)", line)
    line = sentence[0] if sentence else line
    if len(line) <= limits.PREHEADER_LENGTH:
        return line
    return line[: limits.PREHEADER_LENGTH].rpartition(" ")[0].rstrip(",;:–— ") + "…"


# -- Tokens ----------------------------------------------------------------------------------------


def _flat(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001, FBT001 - markdown-it's
    """Take everything below the deepest level as one paragraph: the parser itself would drop it."""
    if state.level < limits.NESTING_DEPTH:
        return False
    state.push("paragraph_open", "p", 1)
    inline = state.push("inline", "", 0)
    inline.content = state.getLines(start, end, state.blkIndent, keepLastLF=False).strip()
    inline.map, inline.children = [start, end], []
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "maxNesting": 2 * limits.NESTING_DEPTH}
    parser = MarkdownIt("commonmark", options).enable("table")
    parser.block.ruler.before("table", "flat", _flat)
    return parser


_MARKDOWN: Final = _parser()
_CLEANER: Final = nh3.Cleaner(
    tags=_HEADINGS | _BLOCKS | _WORDS | _TABLES,
    attributes={"a": {"href"}, "ol": {"start"}},
    allowed_classes={"span": {"dateline"}, "th": _CELL_CLASSES, "td": _CELL_CLASSES},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer",
)


def _tokens(markdown: str, lead: str) -> list[Token]:
    tokens = _MARKDOWN.parse(markdown)
    top = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_tamed(token.children or []))
        elif token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) - top + 2, 6)}"
        elif style := token.attrs.pop("style", None):
            token.attrs |= {"class": _ALIGNED[str(style)]} if style in _ALIGNED else {}
    return _led(tokens, lead) if lead else tokens


def _tamed(tokens: list[Token]) -> Iterator[Token]:
    """Yield inline tokens without images, other schemes and emphasis beyond the depth."""
    depth = 0
    links: list[bool] = []
    for token in tokens:
        depth -= token.nesting == -1
        too_deep = depth >= limits.NESTING_DEPTH
        depth += token.nesting == 1
        if token.type == "image":
            yield from _pictured(token, linked=not any(links))
        elif token.type == "link_open":
            links.append(_href(token).lower().startswith(_SCHEMES))
            yield from [token] * links[-1]
        elif token.type == "link_close":
            yield from [token] * links.pop()
        elif not (token.nesting and too_deep):
            yield token


def _pictured(image: Token, *, linked: bool) -> Iterator[Token]:
    url = str(image.attrs.get("src", ""))
    alt = "".join(map(_alternative, image.children or []))
    label = Token("text", "", 0, content=alt.strip() or url)
    if not linked or not url.lower().startswith(_SCHEMES):
        yield label
        return
    yield Token("link_open", "a", 1, attrs={"href": url})
    yield label
    yield Token("link_close", "a", -1)


def _alternative(token: Token) -> str:
    return " " if token.type.endswith("break") else token.content


def _led(tokens: list[Token], lead: str) -> list[Token]:
    opened = [
        Token("dateline_open", "span", 1, attrs={"class": "dateline"}),
        Token("text", "", 0, content=lead),
        Token("dateline_close", "span", -1),
    ]
    if len(tokens) > 1 and tokens[0].type == "paragraph_open":
        dash = Token("text", "", 0, content="\N{NO-BREAK SPACE}\N{EM DASH} ")
        tokens[1].children = [*opened, dash, *(tokens[1].children or [])]
        return tokens
    line = Token("inline", "", 0, children=opened)
    return [Token("paragraph_open", "p", 1), line, Token("paragraph_close", "p", -1), *tokens]


# -- Plain text ------------------------------------------------------------------------------------


def _flow(nodes: list[SyntaxTreeNode], width: int, notes: list[str]) -> list[str]:
    """Return blocks as lines with a blank line between them, but none within a tight list."""
    lines: list[str] = []
    before: SyntaxTreeNode | None = None
    for node in nodes:
        if before and not (before.hidden or node.hidden):
            lines.append("")
        lines += _LINES[node.type](node, max(width, _NARROWEST), notes)
        before = node
    return lines


def _paragraph(node: SyntaxTreeNode, width: int, notes: list[str]) -> list[str]:
    return wrap.wrap(_inline(node, notes), width)


def _heading(node: SyntaxTreeNode, width: int, notes: list[str]) -> list[str]:
    return wrap.underline(_paragraph(node, width, notes), "-")


def _quote(node: SyntaxTreeNode, width: int, notes: list[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in _flow(node.children, width - 2, notes)]


def _list(node: SyntaxTreeNode, width: int, notes: list[str]) -> list[str]:
    first = int(node.attrs.get("start", 1))
    loose = any(
        not child.hidden
        for item in node.children
        for child in item.children
        if child.type == "paragraph"
    )
    lines: list[str] = []
    for number, item in enumerate(node.children, start=first):
        marker = f"{number}. " if node.type == "ordered_list" else "- "
        flow = _flow(item.children, width - len(marker), notes) or [""]
        lines += [""] * (loose and bool(lines)) + [(marker + flow[0]).rstrip()]
        lines += [(" " * len(marker) + line).rstrip() for line in flow[1:]]
    return lines


def _code(node: SyntaxTreeNode, _width: int, _notes: list[str]) -> list[str]:
    return [f"    {line}".rstrip() for line in node.content.rstrip("\n").split("\n")]


def _rule(_node: SyntaxTreeNode, _width: int, _notes: list[str]) -> list[str]:
    return ["* * *"]


def _table(node: SyntaxTreeNode, width: int, notes: list[str]) -> list[str]:
    """Return a table in columns where it fits the width, else each row as lines 'heading: cell'."""
    rows = [
        [_inline(cell, notes) for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    widths = [max(map(wrap.columns, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * len(widths) <= width:
        rows.insert(1, ["-" * wide for wide in widths])
        return ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]
    lines: list[str] = []
    for row in rows[1:]:
        pairs = (f"{name}: {cell}" for name, cell in zip(rows[0], row, strict=True) if cell)
        lines += [""] * bool(lines) + [line for pair in pairs for line in wrap.wrap(pair, width)]
    return lines


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - wrap.columns(cell))


_LINES: Final[dict[str, Callable[[SyntaxTreeNode, int, list[str]], list[str]]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "blockquote": _quote,
    "bullet_list": _list,
    "ordered_list": _list,
    "fence": _code,
    "code_block": _code,
    "hr": _rule,
    "table": _table,
}


def _inline(node: SyntaxTreeNode, notes: list[str] | None) -> str:
    """Return the words of a node without emphasis; `notes`, if given, gathers link targets."""
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    words = "".join(_inline(child, notes) for child in node.children) or _content(node)
    return (
        words + _reference(node, words, notes)
        if node.type == "link" and notes is not None
        else words
    )


def _content(node: SyntaxTreeNode) -> str:
    return node.content if node.type in {"text", "code_inline"} else ""


def _reference(link: SyntaxTreeNode, words: str, notes: list[str]) -> str:
    url = str(link.attrs.get("href", ""))
    if url.lower().startswith("mailto:"):
        address = unquote(url[len("mailto:") :].partition("?")[0])
        return "" if words.strip() == address else f" ({address})"
    if _bare(words) == _bare(url):
        return ""
    if url not in notes:
        notes.append(url)
    return f" [{notes.index(url) + 1}]"


def _bare(url: str) -> str:
    return re.sub(r"^https?://(www\.)?|^www\.", "", unquote(url).strip().lower()).rstrip("/")


def _href(link: Token) -> str:
    return str(link.attrs.get("href", ""))
