"""Links of a release: which have a target a reader of a mail can open, and which are only text."""

import re
from dataclasses import dataclass
from typing import Final

from mailer.ingest import markdown

REACHABLE: Final = re.compile(r"https?://[^/\s]|mailto:[^\s@]+@", re.IGNORECASE)
"""What a link in a mail may point to; a path, a script or `#` means nothing there."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Markdown whose links all have targets, their number, and (text, target) of each that had none."""

    markdown: str
    count: int
    without: tuple[tuple[str, str], ...]


def is_reachable(target: str) -> bool:
    """Whether a reader of a mail can follow this target."""
    return REACHABLE.match(target) is not None


def settle(source: str) -> Settled:
    """Turn each link without a usable target into its text, and count the others."""
    without: list[tuple[str, str]] = []
    count = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal count
        if is_reachable(match[2]):
            count += 1
            return match[0]
        if match.start() and source[match.start() - 1] == "!":
            return match[0]  # an image: its text would look like part of the sentence
        without.append((markdown.plain(match[1]), match[2]))
        return match[1]

    return Settled(markdown.LINK.sub(keep, source), count, tuple(without))
