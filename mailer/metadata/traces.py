"""Traces: what a file tells of who made it, where, when and with what, said in a sentence."""

import enum
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from config import limits


class Kind(enum.StrEnum):
    """What a trace tells; the value is how a sentence says it."""

    PLACE = "where it was taken (GPS)"
    PLACE_INSIDE = "where a picture in it was taken (GPS)"
    PLACE_NAME = "of which place it is"
    TIME = "when it was made or changed"
    PERSON = "who made it"
    EDITOR = "who changed it or commented on it"
    COMPANY = "at which organisation"
    CAMERA = "with which camera"
    PROGRAM = "with which program"
    SERIAL = "the serial number of the camera"
    WORDS = "a comment, a description or keywords"
    PREVIEW = "a small picture of it, perhaps from before it was cut or changed"
    EARLIER = "what it was before it was last changed"
    SEALED = "parts that are encrypted, so that nobody can tell from here"
    OTHER = "data of the program or the device that made it"


_HELD: Final = frozenset(
    {Kind.SERIAL, Kind.WORDS, Kind.PREVIEW, Kind.EARLIER, Kind.SEALED, Kind.OTHER}
)
"""What a file holds; of all others it says them."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that a file tells, with the words it tells it in where people can read them."""

    kind: Kind
    value: str = ""


def trace(kind: Kind, value: str = "") -> Trace:
    """Return a trace whose value is short, one line, and hides nothing from the eye."""
    seen = value[: limits.METADATA_RAW_LENGTH]
    plain = "".join(c for c in seen if unicodedata.category(c)[0] != "C" or c.isspace())
    line = " ".join(plain.split())
    if len(line) > limits.METADATA_VALUE_LENGTH:
        line = f"{line[: limits.METADATA_VALUE_LENGTH]}…"
    return Trace(kind, line)


def listed(told: Iterable[Trace], *, rest: bytes | None) -> list[Trace]:
    """Return what the parts of a picture tell, so many at most, and whether data lies behind its end."""
    found = list(islice(told, limits.METADATA_ENTRIES))
    return [*found, trace(Kind.OTHER)] if rest else found


def sentence(label: str, traces: Sequence[Trace]) -> str:
    """Say what a file of this kind (PDF, JPEG) tells, '' where that is nothing."""
    says = list(_phrases(t for t in traces if t.kind not in _HELD))
    holds = list(_phrases(t for t in traces if t.kind in _HELD))
    if not says and not holds:
        return ""
    parts = [f"says {_series(says)}"] if says else []
    parts += [f"holds {_series(holds)}"] if holds else []
    return f"This {label} {', and it '.join(parts)}."


def _phrases(traces: Iterable[Trace]) -> Iterable[str]:
    """Say each kind once, in the order of the table, with the different values found."""
    found: dict[Kind, dict[str, None]] = {}
    for each in traces:
        found.setdefault(each.kind, {})[each.value] = None
    for kind in Kind:
        if kind in found:
            values = [value for value in found[kind] if value][: limits.METADATA_VALUES]
            yield f"{kind.value} ({'; '.join(values)})" if values else kind.value


def _series(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
