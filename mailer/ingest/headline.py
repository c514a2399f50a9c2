"""The headline and the subhead, and what stands above them on the page."""

import re
from dataclasses import dataclass, replace
from typing import Final

from config import limits
from mailer.ingest import menu
from mailer.ingest.blocks import Block

TITLE_SEAM: Final = re.compile(r"\s(?:[|–—»·-]|::)\s")
"""What parts the headline from the site's name in a page's title."""
TITLE_WORDS: Final = 4
"""A shorter page title (`Home`) is believed only where the page shows it too."""
MATCHED_LENGTH: Final = 15
EMPHASISED: Final = re.compile(r"([*_]{1,3})[^*_]{1,600}\1")


@dataclass(frozen=True, slots=True)
class Taken:
    """The headline ('' where there is none), the subhead, blocks for the body, the rest, and doubts."""

    headline: str
    subhead: str = ""
    rest: tuple[Block, ...] = ()
    left_out: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def pieces(title: str) -> list[str]:
    """Cut a page's title at its seams, the longest piece first."""
    return sorted((piece.strip() for piece in TITLE_SEAM.split(title)), key=len, reverse=True)


def take(
    above: tuple[Block, ...], *, stated: str, titles: tuple[str, ...], names: frozenset[str]
) -> Taken:
    """Find the headline in the blocks above a release's text.

    1. What the author stated beside the text, where no main heading contradicts it.
    2. The block that the page's own title repeats.
    3. The first heading of the highest rank that is not the organisation's name.
    4. The page's title, where the page shows no heading.
    5. The first block behind the menu.
    """
    number = _titled(above, (stated, *titles))
    if number is None and stated and not any(block.level == 1 for block in above):
        return replace(_under_title(above), headline=stated)
    if number is None:
        number = _heading(above, names)
    if number is None and (title := next(filter(_is_telling, titles), "")):
        rest = _under_title(above)
        doubt = "it was taken from the page's title"
        return replace(rest, headline=pieces(title)[0], doubts=(doubt, *rest.doubts))
    return _behind_menu(above, names) if number is None else _parted(above, number)


def _under_title(above: tuple[Block, ...]) -> Taken:
    """Place the blocks above the text where the headline is none of them."""
    number = menu.end(above)
    if number < len(above) and menu.is_known(above[number]):
        number += 1
    dropped = tuple(line for block in above[:number] for line in menu.lines(block))
    rest = _parted(above[number:], -1)
    return replace(rest, left_out=dropped + rest.left_out)


def _is_telling(title: str) -> bool:
    return len(pieces(title)[0].split()) >= TITLE_WORDS


def _titled(above: tuple[Block, ...], titles: tuple[str, ...]) -> int | None:
    for title in (title.casefold() for title in titles if title):
        for number, block in enumerate(above):
            text = block.one_line.casefold()
            if text == title or (len(text) >= MATCHED_LENGTH and text in pieces(title)):
                return number
    return None


def _heading(above: tuple[Block, ...], names: frozenset[str]) -> int | None:
    ranks = {
        number: block.level
        for number, block in enumerate(above)
        if block.level and block.lines and block.one_line.casefold() not in names
    }
    return min(ranks, key=lambda number: (ranks[number], number)) if ranks else None


def _behind_menu(above: tuple[Block, ...], names: frozenset[str]) -> Taken:
    if not above:
        return Taken("")
    number = menu.end(above)
    doubts: tuple[str, ...] = ()
    if number == len(above) - 1 > 0 and _was_short(above[number - 1], above[number]):
        number -= 1
        doubts = ("it stands right behind a menu: check that it is not an item of it",)
    while number < len(above) - 1 and above[number].one_line.casefold() in names:
        number += 1
    taken = _parted(above, number)
    return replace(taken, doubts=doubts + taken.doubts)


def _was_short(last_item: Block, only: Block) -> bool:
    """Whether what was taken for a menu's last item is the headline, and the block behind it its subhead."""
    return only.ends_like_a_sentence and not menu.is_known(last_item)


def _parted(above: tuple[Block, ...], number: int) -> Taken:
    """Give each block around the headline its place; `number` is -1 where the headline is none of them."""
    before, after = above[: max(number, 0)], above[number + 1 :]
    left_out = [line for block in before if not block.is_prose for line in menu.lines(block)]
    kept = tuple(block for block in before if block.is_prose)
    subhead = ""
    if after and _is_subhead(after[0]):
        subhead, after = after[0].one_line, after[1:]
    after = tuple(block for block in after if not block.is_rule)
    doubts = [f"kept in the body: '{block.one_line[:60]}'" for block in (*kept, *after)]
    headline = above[number].one_line if number >= 0 else ""
    return Taken(headline, subhead, kept + after, tuple(left_out), tuple(doubts))


def _is_subhead(block: Block) -> bool:
    listed = block.is_item or block.is_rule
    return not listed and 0 < len(block.one_line) <= limits.SUBHEAD_LENGTH


def opens_with_subhead(block: Block) -> bool:
    """Whether a block right behind a headline is its subhead by its looks: a heading, or all emphasised."""
    return bool(block.level) or EMPHASISED.fullmatch(block.source.strip()[:700]) is not None
