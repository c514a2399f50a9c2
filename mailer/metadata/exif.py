"""Exif (CIPA DC-008, a TIFF 6.0 structure): what it tells, and the least of it that turns a picture."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from config import limits
from mailer.metadata.traces import Kind, Trace, trace

MARK: Final = b"Exif\0\0"
"""What stands before the structure in a JPEG."""

_ORIENTATION: Final = 0x0112
_GPS: Final = 0x8825
_DETAILS: Final = 0x8769
_UPRIGHT: Final = 1
_ROTATIONS: Final = range(2, 9)
_SHORT: Final = 3
_ENTRY: Final = 12
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""How many bytes one value of each TIFF type has; an entry holds four, or an offset to more."""

_TOLD: Final[Mapping[int, Kind]] = {
    0x010E: Kind.WORDS,
    0x010F: Kind.CAMERA,
    0x0110: Kind.CAMERA,
    0x0131: Kind.PROGRAM,
    0x0132: Kind.TIME,
    0x013B: Kind.PERSON,
    0x013C: Kind.PROGRAM,
    0x8298: Kind.PERSON,
    0x9003: Kind.TIME,
    0x9004: Kind.TIME,
    0x9286: Kind.WORDS,
    0x927C: Kind.OTHER,
    0xA420: Kind.SERIAL,
    0xA430: Kind.PERSON,
    0xA431: Kind.SERIAL,
    0xA435: Kind.SERIAL,
    0x9C9B: Kind.WORDS,
    0x9C9C: Kind.WORDS,
    0x9C9D: Kind.PERSON,
    0x9C9E: Kind.WORDS,
    0x9C9F: Kind.WORDS,
}
"""The tags whose meaning staff should know."""
_SHOWN: Final = frozenset({Kind.CAMERA, Kind.PROGRAM, Kind.TIME, Kind.PERSON})
"""Whose words a sentence repeats, where they are text."""
_TEXT: Final = 2
_WIDE_TEXT: Final = range(0x9C9B, 0x9CA0)
"""Windows' own tags: UTF-16 in bytes."""


@dataclass(frozen=True, slots=True)
class _Entry:
    tag: int
    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Tiff:
    """A TIFF structure; a slice behind its end is short, so nothing here raises."""

    data: bytes
    order: Literal["little", "big"]

    @classmethod
    def of(cls, data: bytes) -> Self:
        return cls(data, "little" if data.startswith(b"II") else "big")

    def number(self, at: int, size: int) -> int:
        return int.from_bytes(self.data[at : at + size], self.order)

    def entries(self, at: int) -> Iterator[_Entry]:
        """Yield the entries of one directory."""
        count = min(self.number(at, 2), limits.METADATA_ENTRIES) if at else 0
        for start in range(at + 2, at + 2 + count * _ENTRY, _ENTRY):
            kind = self.number(start + 2, 2)
            size = _SIZES.get(kind, 1) * self.number(start + 4, 4)
            where = start + 8 if size <= 4 else self.number(start + 8, 4)  # noqa: PLR2004 - what fits into an entry
            kept = min(size, limits.METADATA_READ_BYTES)
            yield _Entry(self.number(start, 2), kind, self.data[where : where + kept])

    def after(self, at: int) -> int:
        """Return where the directory behind this one begins, 0 where there is none."""
        return self.number(at + 2 + self.number(at, 2) * _ENTRY, 4)


def traces(block: bytes) -> list[Trace]:
    """Return what an Exif block tells; one that tells anything but the orientation is never empty."""
    if block == upright(orientation(block)):
        return []
    tiff = _Tiff.of(block)
    first = tiff.number(4, 4)
    entries = list(tiff.entries(first))
    details, places = (_directory(tiff, entries, tag) for tag in (_DETAILS, _GPS))
    found = [_trace(entry) for entry in (*entries, *details) if entry.tag in _TOLD]
    if len(places) > 1:
        # One entry alone is the version: it says nothing of a place.
        found.append(trace(Kind.PLACE))
    if tiff.after(first):
        # The second directory is the thumbnail's.
        found.append(trace(Kind.PREVIEW))
    return found or [trace(Kind.OTHER)]


def orientation(block: bytes) -> int:
    """Return how the picture is to be turned, 1 to 8 (Exif 2.32, 4.6.4); 1 where it does not say."""
    tiff = _Tiff.of(block)
    for entry in tiff.entries(tiff.number(4, 4)):
        if entry.tag == _ORIENTATION:
            found = int.from_bytes(entry.data[:2], tiff.order)
            return found if found in _ROTATIONS else _UPRIGHT
    return _UPRIGHT


def upright(orientation: int) -> bytes:
    """Return the least block that turns a picture, one directory of one entry; b'' for an upright one."""
    if orientation == _UPRIGHT:
        return b""
    entry = _big(_ORIENTATION, 2) + _big(_SHORT, 2) + _big(1, 4) + _big(orientation, 2) + bytes(2)
    return b"MM\0\x2a" + _big(8, 4) + _big(1, 2) + entry + _big(0, 4)


def _directory(tiff: _Tiff, entries: Iterable[_Entry], tag: int) -> list[_Entry]:
    """Return the directory that the first entry of this tag leads to."""
    offset = next((e.data[:4] for e in entries if e.tag == tag), b"")
    return list(tiff.entries(int.from_bytes(offset, tiff.order)))


def _trace(entry: _Entry) -> Trace:
    kind = _TOLD[entry.tag]
    value = _text(entry) if kind in _SHOWN else ""
    # Exif writes the day with colons: 2026:03:01 10:00:00.
    return trace(kind, value.replace(":", "-", 2) if kind is Kind.TIME else value)


def _text(entry: _Entry) -> str:
    if entry.tag in _WIDE_TEXT:
        return entry.data.decode("utf-16-le", "ignore")
    return entry.data.decode("utf-8", "ignore") if entry.kind == _TEXT else ""


def _big(number: int, size: int) -> bytes:
    return number.to_bytes(size, "big")
