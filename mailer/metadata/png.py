"""PNG (ISO/IEC 15948, third edition): its chunks, what they tell, and the picture without them.

The cleaned picture keeps the chunks that it is drawn from, by a list of them; text, times, Exif and whatever
a program put in of its own go, as does what lies behind the end. Where Exif turned the picture, a block takes
its place that holds the orientation and nothing else.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from config import limits
from mailer.metadata import exif, xmp
from mailer.metadata.traces import Kind, Trace, listed, trace

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_END: Final = b"IEND"
_DRAWN: Final = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", _END),
        *(b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"),
        *(b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
    }
)
"""What a picture is drawn from: colours, sizes, transparency, the frames of an animation."""
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_TOLD: Final[Mapping[bytes, Kind]] = {
    b"author": Kind.PERSON,
    b"copyright": Kind.PERSON,
    b"software": Kind.PROGRAM,
    b"source": Kind.CAMERA,
    b"creation time": Kind.TIME,
    b"date:create": Kind.TIME,
    b"date:modify": Kind.TIME,
}
"""The keywords whose meaning staff should know, small; any other is words."""
_XMP: Final = b"xml:com.adobe.xmp"


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    data: bytes
    whole: bytes


@dataclass(frozen=True, slots=True)
class _Picture:
    """The chunks of a PNG; `rest` lies behind its end, and is None where no end was found."""

    chunks: tuple[_Chunk, ...]
    rest: bytes | None


def traces(content: bytes) -> list[Trace]:
    """Return what a PNG tells."""
    picture = _read(content)
    told = (each for chunk in picture.chunks for each in _traces(chunk))
    return listed(told, rest=picture.rest)


def cleaned(content: bytes) -> bytes | None:
    """Return the same picture without what it tells, None where it is too damaged to be sure of it."""
    picture = _read(content)
    if picture.rest is None:
        return None
    kept = [chunk.whole for chunk in picture.chunks if chunk.name in _DRAWN]
    # eXIf may stand anywhere behind the header and before the end.
    return b"".join((_SIGNATURE, *kept[:1], *_turning(picture), *kept[1:]))


def _read(content: bytes) -> _Picture:
    chunks: list[_Chunk] = []
    at = len(_SIGNATURE)
    while at + 12 <= len(content) and len(chunks) < limits.METADATA_PARTS:
        size = int.from_bytes(content[at : at + 4], "big")
        end = at + size + 12
        if end > len(content):
            break
        name, data = content[at + 4 : at + 8], content[at + 8 : end - 4]
        if name not in _DRAWN and name[:1].isupper():
            # Needed to draw it (5.4), in a way that we do not know.
            break
        chunks.append(_Chunk(name, data, content[at:end]))
        at = end
        if name == _END:
            return _Picture(tuple(chunks), content[at:])
    return _Picture(tuple(chunks), None)


def _traces(chunk: _Chunk) -> Iterator[Trace]:
    if chunk.name in _TEXTS:
        yield from _text(chunk)
    elif chunk.name == b"eXIf":
        yield from exif.traces(chunk.data)
    elif chunk.name == b"tIME":
        yield trace(Kind.TIME, _time(chunk.data))
    elif chunk.name not in _DRAWN:
        yield trace(Kind.OTHER)


def _text(chunk: _Chunk) -> Iterator[Trace]:
    keyword, _, data = chunk.data.partition(b"\0")
    keyword = keyword.strip().lower()
    words = _words(chunk.name, data)
    if keyword == _XMP:
        yield from xmp.traces(words)
    elif keyword in _TOLD:
        yield trace(_TOLD[keyword], words.decode("utf-8", "replace"))
    else:
        yield trace(Kind.WORDS)


def _words(name: bytes, data: bytes) -> bytes:
    """Return the text behind the keyword (11.3.3), as much of it as is read."""
    packed = name == b"zTXt"
    if name == b"iTXt":
        packed = data[:1] == b"\1"
        data = data[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif packed:
        data = data[1:]
    if not packed:
        return data
    try:
        return zlib.decompressobj().decompress(data, limits.METADATA_READ_BYTES)
    except zlib.error:
        return b""


def _time(data: bytes) -> str:
    year, rest = int.from_bytes(data[:2], "big"), data[2:7]
    if len(rest) < 5:  # noqa: PLR2004 - month, day, hour, minute, second
        return ""
    month, day, hour, minute, second = rest
    return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"


def _turning(picture: _Picture) -> Iterator[bytes]:
    """Yield the chunk that turns a picture as its Exif did."""
    for chunk in picture.chunks:
        if chunk.name == b"eXIf":
            block = exif.upright(exif.orientation(chunk.data))
            if block:
                yield _chunk(b"eXIf", block)
            return


def _chunk(name: bytes, data: bytes) -> bytes:
    check = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + check
