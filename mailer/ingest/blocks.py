"""Blocks: the paragraphs, headings and lists a release is made of, and how text is cut into them."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mailer.ingest import markdown

PROSE_WORDS: Final = 12
"""A paragraph of so many words that ends like a sentence is prose, not a headline or a menu."""
LONG_WORDS: Final = 40
"""So many words are prose however they end."""
WRAPPED_LENGTH: Final = 160
"""No editor breaks lines later than this: a longer line is a whole paragraph."""
SENTENCE_END: Final = re.compile(r"[.!?…؟:][\"'”“»’)\]]*$")

LINE_ENDS: Final = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
FENCE: Final = re.compile(r" {0,3}```")
SETEXT: Final = re.compile(r"={3,}\s*$|-{3,}\s*$")
RULE: Final = re.compile(r"\s{0,3}(?:(?:-\s*){3,}|(?:_\s*){3,}|(?:\*\s*){3,}|={3,}|~{3,})$")
DEEP: Final = re.compile(r" {4}|\t| {1,3}\t")


@dataclass(frozen=True)
class Block:
    """One block. `source` is Markdown without blank lines around it; `level` is 1 to 6 for a heading."""

    source: str
    level: int = 0
    is_address: bool = False

    @cached_property
    def plain(self) -> str:
        """What a reader sees, without Markdown's marks."""
        return markdown.plain(self.source)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The plain lines that hold something."""
        return tuple(line.strip() for line in self.plain.split("\n") if line.strip())

    @cached_property
    def count(self) -> int:
        """How many words a reader sees, by spaces."""
        return len(self.plain.split())

    @property
    def one_line(self) -> str:
        """The plain text on one line."""
        return " ".join(self.plain.split())

    @cached_property
    def is_item(self) -> bool:
        """Whether it is a list, or an item of one."""
        return markdown.ITEM.match(self.source) is not None

    @cached_property
    def is_rule(self) -> bool:
        """Whether it is a line of dashes or stars and nothing else."""
        return RULE.match(self.source) is not None

    @cached_property
    def ends_like_a_sentence(self) -> bool:
        """Whether it closes with a full stop or the like, quotation marks aside."""
        return SENTENCE_END.search(self.plain[-8:]) is not None

    @property
    def ends_like_a_sentence_without_colon(self) -> bool:
        """As `ends_like_a_sentence`, but a colon is no end."""
        return self.ends_like_a_sentence and not self.plain.endswith(":")

    @cached_property
    def is_prose(self) -> bool:
        """Whether it is running text."""
        if self.level or self.is_item or self.is_rule:
            return False
        long = self.count >= LONG_WORDS
        return long or (self.count >= PROSE_WORDS and self.ends_like_a_sentence)


def split(text: str, *, is_markdown: bool) -> tuple[Block, ...]:
    """Cut text at blank lines, headings and rules; fenced code stays in one piece.

    In a plain text file (`is_markdown` false) a deep indent is layout, in Markdown it is code.
    """
    lines = LINE_ENDS.sub("\n", text).strip("\n").split("\n")
    if not is_markdown and _is_a_paragraph_each(lines):
        return tuple(_single(line) or Block(line.strip()) for line in lines)
    code = _code(lines)
    found: list[Block] = []
    pending: list[str] = []
    for number, line in enumerate(lines):
        if number not in code and len(pending) == 1 and SETEXT.match(line):
            found.append(_underlined(pending.pop(), line))
        elif number not in code and (block := _single(line)):
            found += _paragraph(pending, is_markdown=is_markdown)
            found.append(block)
            pending = []
        elif number in code or line.strip():
            pending.append(line)
        else:
            found += _paragraph(pending, is_markdown=is_markdown)
            pending = []
    return (*found, *_paragraph(pending, is_markdown=is_markdown))


def _is_a_paragraph_each(lines: list[str]) -> bool:
    """Whether no blank line parts the paragraphs because each has only one, long line."""
    return all(line.strip() for line in lines) and max(map(len, lines)) > WRAPPED_LENGTH


def _code(lines: list[str]) -> frozenset[int]:
    """Number the lines of fenced code; a fence that is never closed is no fence."""
    fences = [number for number, line in enumerate(lines) if FENCE.match(line)]
    pairs = zip(fences[::2], fences[1::2], strict=False)
    return frozenset(number for start, end in pairs for number in range(start, end + 1))


def _single(line: str) -> Block | None:
    """Return the block that this line is by itself: a heading or a rule."""
    if heading := markdown.HEADING.match(line):
        return Block(line.strip(), level=len(heading[1]) if heading[2] else 0)
    return Block(line.strip()) if RULE.match(line) else None


def _underlined(line: str, underline: str) -> Block:
    level = 1 if underline.startswith("=") else 2
    return Block(f"{'#' * level} {line.strip()}", level=level)


def _paragraph(lines: list[str], *, is_markdown: bool) -> list[Block]:
    if not lines:
        return []
    if not is_markdown and DEEP.match(lines[0]):
        return [Block("\n".join(line.strip() for line in lines))]
    return [Block("\n".join(lines).strip("\n").rstrip())]
