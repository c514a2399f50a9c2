"""PDF (ISO 32000-1): who made it, when and with what, as far as that is found without drawing it.

It is searched, not parsed: the document information and the XMP packet stand in the open, or in object
streams that are unpacked up to a limit. Nothing found is no proof that there is nothing.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from config import limits
from mailer.metadata import exif, xmp
from mailer.metadata.traces import Kind, Trace, trace

_TOLD: Final[Mapping[bytes, Kind]] = {
    b"Author": Kind.PERSON,
    b"Company": Kind.COMPANY,
    b"Creator": Kind.PROGRAM,
    b"Producer": Kind.PROGRAM,
    b"CreationDate": Kind.TIME,
    b"ModDate": Kind.TIME,
    b"Subject": Kind.WORDS,
    b"Keywords": Kind.WORDS,
}
"""The keys of the document information (14.3.3) whose meaning staff should know."""
_VALUE: Final = re.compile(
    rb"/(%s)\s{0,9}(?:\(((?:\\.|[^\\()]){1,1000})|<([0-9A-Fa-f\s]{2,2000})>)" % b"|".join(_TOLD),
    re.DOTALL,
)
_DATE: Final = re.compile(r"D:(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d))?")
_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{1,3})|(.))", re.DOTALL)
_SIGNS: Final = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"",
    b"f": b"",
    b"\n": b"",
    b"\r": b"",
}
"""What stands for a sign that is written with a backslash; any other one is itself (7.3.4.2)."""
_PACKED: Final = b"/ObjStm"
_STREAM: Final = re.compile(rb"stream\r?\n")
_DICTIONARY_BYTES: Final = 300
_STREAM_END: Final = b"endstream"
_UTF16: Final = b"\xfe\xff"
_SAVED: Final = b"%%EOF"
_LINEARIZED: Final = b"/Linearized"
_LINEARIZED_WITHIN: Final = 1024


def traces(content: bytes) -> list[Trace]:
    """Return what a PDF tells."""
    found: list[Trace] = []
    if b"/Encrypt" in content:
        found.append(trace(Kind.SEALED))
    else:
        for part in (content, *_unpacked(content)):
            found += _information(part)
    found += xmp.inside(content)
    if _places(content):
        found.append(trace(Kind.PLACE_INSIDE))
    if content.count(_SAVED) > (2 if _LINEARIZED in content[:_LINEARIZED_WITHIN] else 1):
        # Each save was written behind the one before (7.5.6): what was taken out can be read.
        found.append(trace(Kind.EARLIER))
    return list(dict.fromkeys(found))


def _information(part: bytes) -> Iterator[Trace]:
    for found in islice(_VALUE.finditer(part), limits.METADATA_ENTRIES):
        key, plain, hexadecimal = found.groups(b"")
        kind = _TOLD[key]
        value = _text(bytes.fromhex(_even(hexadecimal)) if hexadecimal else _unescaped(plain))
        if value.strip():
            yield trace(kind, "" if kind is Kind.WORDS else _date(value))


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield the object streams (7.5.7), as much of them as is read."""
    left, at = limits.METADATA_READ_BYTES, 0
    for _ in range(limits.METADATA_STREAMS):
        at = content.find(_PACKED, at) + len(_PACKED)
        if at < len(_PACKED) or left <= 0:
            return
        unpacked = _inflated(content, at, left)
        yield unpacked
        left -= len(unpacked)


def _inflated(content: bytes, at: int, limit: int) -> bytes:
    """Return the stream behind a dictionary, b'' where it cannot be unpacked."""
    begin = _STREAM.search(content, at, at + _DICTIONARY_BYTES)
    if begin is None:
        return b""
    end = content.find(_STREAM_END, begin.end(), begin.end() + limits.METADATA_STREAM_BYTES)
    try:
        return zlib.decompressobj().decompress(content[begin.end() : max(end, 0)], limit)
    except zlib.error:
        return b""


def _places(content: bytes) -> bool:
    """Tell whether a picture in it says where it was taken."""
    at = content.find(exif.MARK)
    for _ in range(limits.METADATA_ENTRIES):
        if at < 0:
            return False
        block = content[at + len(exif.MARK) : at + limits.METADATA_BLOCK_BYTES]
        if trace(Kind.PLACE) in exif.traces(block):
            return True
        at = content.find(exif.MARK, at + 1)
    return False


def _unescaped(literal: bytes) -> bytes:
    """Return a literal string's bytes."""

    def plain(found: re.Match[bytes]) -> bytes:
        octal, sign = found.groups()
        return bytes([int(octal, 8) & 0xFF]) if octal else _SIGNS.get(sign, sign)

    return _ESCAPE.sub(plain, literal)


def _text(raw: bytes) -> str:
    if raw.startswith(_UTF16):
        return raw[len(_UTF16) :].decode("utf-16-be", "ignore")
    # PDFDocEncoding and Latin-1 differ in a few signs that no name has.
    return raw.decode("latin-1")


def _even(digits: bytes) -> str:
    plain = re.sub(r"\s", "", digits.decode("ascii"))
    return plain + "0" * (len(plain) % 2)


def _date(value: str) -> str:
    """Return a date of a PDF (7.9.4) as people write it, any other value as it is."""
    found = _DATE.match(value)
    if not found:
        return value
    year, month, day, hour, minute = found.groups()
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}" if hour else "")
