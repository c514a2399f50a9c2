"""Findings: what the importer tells about the parts it recognised, and about what it could not place."""

from dataclasses import dataclass
from typing import Final

from mailer import parts
from mailer.ingest import markdown
from mailer.ingest.blocks import Block

QUOTED_LENGTH: Final = 80


@dataclass(frozen=True)
class Finding:
    """Something the reader of a draft should know about one part."""

    part: str
    note: str


def recognised(found: parts.Parts, *, said: tuple[str, ...], how: str) -> list[Finding]:
    """Tell what was recognised as the one-line parts, the contacts, the boilerplate and the address."""
    notes = [Finding("headline", quoted(found.headline))]
    if found.subhead:
        notes.append(Finding("subhead", quoted(found.subhead)))
    if found.dateline != parts.Dateline():
        day = found.dateline.day.isoformat() if found.dateline.day else "no date"
        place = found.dateline.place or "no place"
        told = f", from '{'; '.join(said)}'" if said else ""
        notes.append(Finding("dateline", f"{place}, {day}{told}"))
    for person in found.contacts:
        fields = (person.name, person.email, person.telephone)
        notes.append(Finding("contact", ", ".join(field for field in fields if field)))
    if found.boilerplate:
        notes.append(Finding("boilerplate", f"{len(found.boilerplate.split())} words, {how}"))
    if found.postal_address:
        count = len(found.postal_address.split("\n"))
        notes.append(Finding("postal address", _number(count, "line")))
    return notes


def body(blocks: tuple[Block, ...], *, links: int) -> Finding:
    """Tell what the body is made of."""
    lists = [block for block in blocks if block.is_item]
    items = sum(markdown.ITEM.match(line) is not None for one in lists for line in one.lines)
    headings = sum(bool(block.level) for block in blocks)
    rules = sum(block.is_rule for block in blocks)
    counts = [_number(len(blocks) - len(lists) - headings - rules, "paragraph")]
    counts += [_number(headings, "heading")] if headings else []
    counts += [_number(items, "list item")] if items else []
    return Finding("body", ", ".join((*counts, _number(links, "link"))))


def missing(found: parts.Parts) -> list[Finding]:
    """Tell which parts were not found."""
    notes = []
    if found.dateline == parts.Dateline():
        notes.append(Finding("dateline", "no dateline found: set the place and the date"))
    elif not found.dateline.place:
        notes.append(Finding("dateline", "no place found in the dateline"))
    elif found.dateline.day is None:
        notes.append(Finding("dateline", "no date found in the dateline"))
    for part, value in (
        ("contact", found.contacts),
        ("boilerplate", found.boilerplate),
        ("postal address", found.postal_address),
    ):
        if not value:
            notes.append(Finding(part, f"no {part} found"))
    return notes


def link(text: str, target: str) -> Finding:
    """Tell that a link was kept as text, and what it pointed to."""
    where = f"points to '{target}', which a mail cannot follow" if target[1:] else "has no target"
    return Finding("link", f"'{quoted(text)}' {where}: kept as text")


def quoted(text: str) -> str:
    """Shorten a text for a note."""
    shown = " ".join(text.split())
    return shown if len(shown) <= QUOTED_LENGTH else f"{shown[: QUOTED_LENGTH - 2]} …"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
