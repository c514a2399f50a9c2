"""IPTC-IIM 4.2, which picture agencies write: who took a picture, where, and what is on it."""

from collections.abc import Iterator, Mapping
from typing import Final

from config import limits
from mailer.metadata.traces import Kind, Trace, trace

_BEGIN: Final = b"\x1c\x02"
"""A dataset of the application record; its number and its length stand behind it."""
_HEAD: Final = 5
_TOLD: Final[Mapping[int, Kind]] = {
    55: Kind.TIME,
    80: Kind.PERSON,
    85: Kind.PERSON,
    90: Kind.PLACE_NAME,
    92: Kind.PLACE_NAME,
    95: Kind.PLACE_NAME,
    101: Kind.PLACE_NAME,
    110: Kind.PERSON,
    116: Kind.PERSON,
    120: Kind.WORDS,
    122: Kind.EDITOR,
}


def traces(block: bytes) -> list[Trace]:
    """Return what a block tells; one is never empty."""
    return list(dict.fromkeys(_found(block))) or [trace(Kind.OTHER)]


def _found(block: bytes) -> Iterator[Trace]:
    at = block.find(_BEGIN)
    for _ in range(limits.METADATA_ENTRIES):
        if at < 0:
            return
        size = int.from_bytes(block[at + 3 : at + _HEAD], "big")
        number = block[at + 2] if at + 2 < len(block) else 0
        if number in _TOLD:
            kind = _TOLD[number]
            start = at + _HEAD
            value = block[start : start + min(size, limits.METADATA_RAW_LENGTH)]
            yield trace(kind, "" if kind is Kind.WORDS else value.decode("utf-8", "replace"))
        at = block.find(_BEGIN, at + 2)
