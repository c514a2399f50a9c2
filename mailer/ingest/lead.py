"""The lead: where a release's text begins, and the lines above it that are handled apart."""

from dataclasses import dataclass
from typing import Final

from config import limits
from mailer import parts
from mailer.ingest import contact, dateline, headline, menu, notices
from mailer.ingest.blocks import Block

PROSE_BEFORE: Final = 3
"""A dateline is sought in so many paragraphs; further down a date is part of the story."""
HEADLINE_WORDS: Final = 40
LONGEST_GROUP: Final = 30
"""So many lines without a blank one between them are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Top:
    """The blocks above the lead without datelines and notices, and what those said."""

    above: tuple[Block, ...]
    dateline: parts.Dateline
    said: tuple[str, ...]
    notices: tuple[str, ...]
    embargoes: tuple[str, ...]


def loosened(blocks: tuple[Block, ...], *, language: str) -> tuple[Block, ...]:
    """Give notices, contacts and datelines a block to themselves where no blank line parts them."""
    loose: list[Block] = []
    for block in blocks:
        if block.is_prose or not 1 < len(block.lines) <= LONGEST_GROUP:
            loose.append(block)
        else:
            loose += _groups(block, language)
    return tuple(loose)


def _groups(block: Block, language: str) -> list[Block]:
    groups: list[list[str]] = [[]]
    for line in block.source.split("\n"):
        alone = Block(line.removesuffix("\\").strip())
        if _is_apart(alone, language):
            groups += [[line], []]
        elif contact.is_label(alone.plain):
            groups.append([line])
        else:
            groups[-1].append(line)
    if sum(map(bool, groups)) == 1:
        return [block]
    sources = ("\n".join(group).strip().removesuffix("\\") for group in groups if group)
    return [Block(source, is_address=block.is_address) for source in sources if source]


def _is_apart(line: Block, language: str) -> bool:
    if notices.is_kind(line.plain) or notices.is_embargo(line.plain) or notices.is_end(line):
        return True
    return dateline.standalone(line, language=language) is not None


def find(blocks: tuple[Block, ...], *, language: str) -> int:
    """Return the number of the block the release's text begins with.

    It is the paragraph with the dateline, else the first prose behind the page's main heading; 1 at
    least, since a headline stands above it, unless the dateline itself comes first.
    """
    start = next((n + 1 for n, block in enumerate(blocks) if block.level == 1 and block.lines), 0)
    prose: list[int] = []
    for number in range(start, len(blocks)):
        block = blocks[number]
        if _opens(block, language):
            return number
        if block.is_prose and not menu.is_known(block):
            prose.append(number)
        if len(prose) > PROSE_BEFORE:
            break
    if start < len(blocks) and headline.opens_with_subhead(blocks[start]):
        prose = [number for number in prose if number > start]
    first = prose[0] if prose else max(start, 1)
    if not first and _may_be_headline(blocks[0]):
        return 1
    return first


def _opens(block: Block, language: str) -> bool:
    if block.level or block.is_item:
        return False
    found = dateline.opening(block.source, language=language)
    return found is not None and bool(found.rest) and not notices.is_kind(block.one_line)


def _may_be_headline(block: Block) -> bool:
    return block.count <= HEADLINE_WORDS and len(block.one_line) <= limits.HEADLINE_LENGTH


def top(above: tuple[Block, ...], *, language: str) -> Top:
    """Set apart the notices and the datelines on lines of their own from the blocks above the lead."""
    kept: list[Block] = []
    said: list[str] = []
    kinds: list[str] = []
    embargoes: list[str] = []
    found = parts.Dateline()
    for block in above:
        line = block.one_line
        if notices.is_embargo(line):
            embargoes += menu.lines(block)
            continue
        kind = notices.is_kind(line)
        dated = Block(notices.behind(line) or "") if kind else block
        opening = (
            dateline.standalone(dated, language=language)
            if block.level not in {1, 2} or kind
            else None
        )
        if opening is not None:
            found = dateline.merged(found, opening.dateline)
            said.append(opening.said)
        if kind:
            kinds += menu.lines(block)
        elif opening is None:
            kept.append(block)
    return Top(tuple(kept), found, tuple(said), tuple(kinds), tuple(embargoes))
