"""The body: what is left of a release's text once its other parts are taken."""

from dataclasses import dataclass, replace
from typing import Final

from mailer import parts
from mailer.ingest import dateline, menu, notices
from mailer.ingest.blocks import Block

LATE: Final = 4
"""In so many blocks from the end a dateline may stand, as under a letter."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The body's blocks, the dateline that stood in them and its words, and the lines that were dropped."""

    blocks: tuple[Block, ...]
    dateline: parts.Dateline
    said: tuple[str, ...]
    left_out: tuple[str, ...]


def take(lower: tuple[Block, ...], *, language: str) -> Taken:
    """Take the body from the lead and all behind it, without dateline, marks of the end and menu."""
    if not lower:
        return Taken((), parts.Dateline(), (), ())
    end = menu.trailing(lower, after=-1 if menu.is_known(lower[0]) else 0)
    left_out = [line for block in lower[end:] for line in menu.lines(block)]
    kept = []
    for number, block in enumerate(lower[:end]):
        if number and (notices.is_end(block) or notices.is_embargo(block.one_line)):
            left_out += menu.lines(block)
        else:
            kept.append(block)
    if not kept:
        return Taken((), parts.Dateline(), (), tuple(left_out))
    return _dated(tuple(kept), tuple(left_out), language)


def text(blocks: tuple[Block, ...]) -> str:
    """Write blocks as Markdown; items of one list stay one list."""
    last: Block | None = None
    pieces: list[str] = []
    for block in blocks:
        if last is not None:
            pieces.append("\n" if _are_one_list(last, block) else "\n\n")
        pieces.append(block.source)
        last = block
    return "".join(pieces).strip()


def _are_one_list(first: Block, second: Block) -> bool:
    if not (first.is_item and second.is_item):
        return False
    one, other = first.source.lstrip()[:1], second.source.lstrip()[:1]
    return one == other or (one.isdigit() and other.isdigit())


def _dated(kept: tuple[Block, ...], left_out: tuple[str, ...], language: str) -> Taken:
    first = kept[0]
    found = None
    if not first.is_item and not first.level:
        found = dateline.opening(first.source, language=language)
    if found is not None:
        lead = (replace(first, source=found.rest),) if found.rest else ()
        return Taken(_trimmed(lead + kept[1:]), found.dateline, (found.said,), left_out)
    for number in range(len(kept) - 1, max(0, len(kept) - 1 - LATE), -1):
        late = dateline.standalone(kept[number], language=language)
        if late is not None and not kept[number].level:
            rest = kept[:number] + kept[number + 1 :]
            return Taken(_trimmed(rest), late.dateline, (late.said,), left_out)
    return Taken(_trimmed(kept), parts.Dateline(), (), left_out)


def _trimmed(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Drop rules at both ends: they parted the text from what is taken."""
    start, end = 0, len(blocks)
    while start < end and blocks[start].is_rule:
        start += 1
    while end > start and blocks[end - 1].is_rule:
        end -= 1
    return blocks[start:end]
