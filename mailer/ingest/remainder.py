"""The remainder: words of a file that no part of the release has, so that an import loses nothing."""

from collections import Counter
from collections.abc import Iterable

from mailer import parts
from mailer.ingest import markdown, menu
from mailer.ingest.blocks import Block


def lines(
    sources: Iterable[Block], *, kept: parts.Parts, said: Iterable[str], left_out: Iterable[str]
) -> list[str]:
    """List, a line for each block, the words that neither a part, nor `said`, nor `left_out` has.

    They are labels (`Phone:`) and marks of the end; the targets of links in one-line parts follow.
    """
    sources, left_out = tuple(sources), tuple(left_out)
    shown = (*texts(kept), *said, *left_out)
    available = Counter(word for text in shown for word in _words(text))
    placed = frozenset(markdown.plain(piece) for text in shown for piece in text.split("\n\n"))
    dropped = frozenset(left_out)
    found: dict[int, str] = {}

    def order(number: int) -> tuple[bool, int]:
        """Blocks that have their place whole take their words first, or `of` would miss there."""
        block = sources[number]
        whole = block.plain in placed or dropped.issuperset(menu.lines(block))
        return not whole, -block.count

    for number in sorted(range(len(sources)), key=order):
        words = markdown.words(sources[number].plain)
        missing = [word for word in words if not _takes(available, word)]
        if missing:
            found[number] = " ".join(missing)
    return [found[number] for number in sorted(found)] + _targets(sources, "\n".join(shown))


def texts(kept: parts.Parts) -> tuple[str, ...]:
    """List the texts of a release's parts, each as the reader of a mail sees it."""
    people = (text for one in kept.contacts for text in (one.name, one.email, one.telephone))
    return (
        kept.headline,
        kept.subhead,
        kept.dateline.place,
        kept.body,
        *people,
        kept.boilerplate,
        kept.postal_address,
    )


def _words(text: str) -> list[str]:
    return markdown.words(markdown.plain(text))


def _takes(available: Counter[str], word: str) -> bool:
    if available[word] <= 0:
        return False
    available[word] -= 1
    return True


def _targets(sources: Iterable[Block], shown: str) -> list[str]:
    """List the targets of links that were in the blocks and are in nothing that is shown."""
    before = Counter(target for block in sources for target in _reachable(block.source))
    return list((before - Counter(_reachable(shown))).elements())


def _reachable(source: str) -> Iterable[str]:
    found = (match[2] for match in markdown.LINK.finditer(source))
    return (target for target in found if target.startswith(("http://", "https://")))
