"""What an HTML file holds that no reader sees: comments, declarations and code, cut out before it is parsed.

The standard parser takes quadratic time over unfinished comments and tags (CVE-2025-6069). It never meets
one: what is finished is cut out here, and what is not becomes text, so that nothing vanishes behind it.
"""

import re
from dataclasses import dataclass
from typing import Final

OPENING: Final = re.compile(r"<!--|<[!?]|<script\b|<style\b", re.IGNORECASE)
CLOSING: Final = {
    "<!--": re.compile(r"-->"),
    "<!": re.compile(r">"),
    "<?": re.compile(r">"),
    "<script": re.compile(r"</script[^<>]{0,99}>", re.IGNORECASE),
    "<style": re.compile(r"</style[^<>]{0,99}>", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Visible:
    """HTML that every tag of is finished, and a line about each piece of code that was cut out."""

    html: str
    code: tuple[str, ...]


def cut(text: str) -> Visible:
    """Cut out what no reader sees, in time proportional to the text."""
    kept: list[str] = []
    code: list[str] = []
    endless: set[str] = set()
    position = 0
    while start := OPENING.search(text, position):
        kept.append(text[position : start.start()])
        kind = start[0].lower()
        end = None if kind in endless else CLOSING[kind].search(text, start.end())
        if end is None:
            # Sought once for each kind: what has no end here has none further on either.
            endless.add(kind)
            kept.append("&lt;")
            position = start.start() + 1
            continue
        if kind in {"<script", "<style"}:
            code.append(f"{kind[1:]}: {end.end() - start.start():,} characters of code")
        position = end.end()
    return Visible(_finished("".join(kept) + text[position:]), tuple(code))


def _finished(text: str) -> str:
    """Make text of each `<` that no `>` follows."""
    last = text.rfind(">") + 1
    return text[:last] + text[last:].replace("<", "&lt;")
