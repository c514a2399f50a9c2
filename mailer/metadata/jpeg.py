"""JPEG (ITU-T T.81): its segments, what they tell, and the picture without them.

The cleaned picture keeps what it is drawn from, and of the rest by a list of what may stay: the JFIF header
without its thumbnail, the colour profile, Adobe's note on how colours are coded. Exif goes; where it turned
the picture, a block takes its place that holds the orientation and nothing else. What lies behind the end of
the picture goes as well: telephones put other pictures and films there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from config import limits
from mailer.metadata import exif, iptc, xmp
from mailer.metadata.traces import Kind, Trace, listed, trace

_START: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"
_EOI: Final = 0xD9
_SOS: Final = 0xDA
_APP0: Final = 0xE0
_APP1: Final = 0xE1
_APP2: Final = 0xE2
_APP13: Final = 0xED
_APP14: Final = 0xEE
_COM: Final = 0xFE
_TELLING: Final = frozenset({*range(_APP0, 0xF0), _COM})
"""The segments that a picture is drawn without."""
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a segment."""
# Inside the coded data 0xFF is followed by 0 or by a restart marker; any other byte begins a segment.
_NEXT: Final = re.compile(rb"\xff(?=[\x01-\xcf\xd8-\xfe])")
_MARK: Final = re.compile(rb"\xff+([^\x00\xff])")

_JFIF: Final = b"JFIF\0"
_JFIF_BYTES: Final = 14
_THUMBNAILS: Final = (_JFIF, b"JFXX\0")
_KEPT: Final = {_APP2: b"ICC_PROFILE\0", _APP14: b"Adobe"}
_XMP: Final = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")


@dataclass(frozen=True, slots=True)
class _Segment:
    """One segment: its marker, what it says, and for a scan the coded data behind it."""

    marker: int
    body: bytes
    data: bytes = b""

    @property
    def whole(self) -> bytes:
        size = (len(self.body) + 2).to_bytes(2, "big")
        return bytes((0xFF, self.marker)) + size + self.body + self.data


@dataclass(frozen=True, slots=True)
class _Picture:
    """The segments of a JPEG; `rest` lies behind its end, and is None where no end was found."""

    segments: tuple[_Segment, ...]
    rest: bytes | None


def traces(content: bytes) -> list[Trace]:
    """Return what a JPEG tells."""
    picture = _read(content)
    told = (each for segment in picture.segments for each in _traces(segment))
    return listed(told, rest=picture.rest)


def cleaned(content: bytes) -> bytes | None:
    """Return the same picture without what it tells, None where it is too damaged to be sure of it."""
    picture = _read(content)
    if picture.rest is None:
        return None
    kept = [lean for segment in picture.segments if (lean := _lean(segment))]
    # JFIF asks to stand first.
    head = 1 if kept and kept[0].marker == _APP0 else 0
    whole = [each.whole for each in (*kept[:head], *_turning(picture), *kept[head:])]
    return b"".join((_START, *whole, _END))


def _read(content: bytes) -> _Picture:
    segments: list[_Segment] = []
    at = len(_START)
    while (found := _MARK.match(content, at)) and len(segments) < limits.METADATA_PARTS:
        marker, at = found[1][0], found.end()
        if marker == _EOI:
            return _Picture(tuple(segments), content[at:])
        if marker in _ALONE:
            continue
        end = at + int.from_bytes(content[at : at + 2], "big")
        if end < at + 2 or end > len(content):
            break
        behind = _end_of_scan(content, end) if marker == _SOS else end
        segments.append(_Segment(marker, content[at + 2 : end], content[end:behind]))
        at = behind
    return _Picture(tuple(segments), None)


def _end_of_scan(content: bytes, at: int) -> int:
    found = _NEXT.search(content, at)
    return found.start() if found else len(content)


def _traces(segment: _Segment) -> Iterator[Trace]:
    if segment.marker not in _TELLING or segment == _lean(segment):
        return
    body = segment.body
    if segment.marker == _COM:
        yield trace(Kind.WORDS, body.decode("utf-8", "replace"))
    elif segment.marker == _APP0 and body.startswith(_THUMBNAILS):
        yield trace(Kind.PREVIEW)
    elif segment.marker == _APP13:
        yield from iptc.traces(body)
    elif segment.marker == _APP1 and body.startswith(exif.MARK):
        yield from exif.traces(body[len(exif.MARK) :])
    elif segment.marker == _APP1 and body.startswith(_XMP):
        yield from xmp.traces(body)
    else:
        yield trace(Kind.OTHER)


def _lean(segment: _Segment) -> _Segment | None:
    """Return what stays of a segment; the orientation is put in its place by `_turning`."""
    if segment.marker == _APP0 and segment.body.startswith(_JFIF):
        # The last two bytes of the header are the size of a thumbnail behind it.
        return _Segment(_APP0, segment.body[: _JFIF_BYTES - 2].ljust(_JFIF_BYTES, b"\0"))
    kept = segment.marker not in _TELLING or (
        segment.marker in _KEPT and segment.body.startswith(_KEPT[segment.marker])
    )
    return segment if kept else None


def _turning(picture: _Picture) -> Iterator[_Segment]:
    """Yield the segment that turns a picture as its first Exif block did."""
    for segment in picture.segments:
        if segment.marker == _APP1 and segment.body.startswith(exif.MARK):
            block = exif.upright(exif.orientation(segment.body[len(exif.MARK) :]))
            if block:
                yield _Segment(_APP1, exif.MARK + block)
            return
