"""Front matter: the `key: value` lines some Markdown files begin with, between two rules."""

import re
from dataclasses import dataclass
from typing import Final

LINES: Final = 60
FENCE: Final = re.compile(r"---\s*$")
FIELD: Final = re.compile(r"([\w-]{1,40}):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Matter:
    """The lines of the front matter, its title and date as they stand, and the text behind it."""

    lines: tuple[str, ...]
    title: str
    date: str
    text: str


def take(text: str) -> Matter:
    """Take the front matter off a text; one without any is returned as it is."""
    head = text.lstrip().split("\n", LINES)
    ends = [number for number, line in enumerate(head[:LINES]) if FENCE.match(line)]
    if len(ends) < 2 or ends[0] != 0 or not any(map(FIELD.match, head[1 : ends[1]])):  # noqa: PLR2004 - front matter has a first and a last fence
        return Matter((), "", "", text)
    lines = [line.strip() for line in head[1 : ends[1]] if line.strip()]
    fields = {m[1].casefold(): m[2].strip(" \"'") for line in lines if (m := FIELD.match(line))}
    rest = "\n".join(head[ends[1] + 1 :])
    return Matter(tuple(lines), fields.get("title", ""), fields.get("date", ""), rest)
