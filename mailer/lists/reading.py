"""From the bytes of a list to its lines, whatever their encoding and length, in flat memory.

Nothing here asks for "the next line" of the file: a gigabyte without a line break would be one. Blocks
of a fixed size are cut, and of a line that is too long only its number is kept.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from config import limits

_MARK: Final = "\ufeff"
_PACKED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")
"""How spreadsheets, archives and PDF files begin."""
_NUL_SHARE: Final = 0.3
"""The share of NUL among every second byte from which a text is UTF-16 without a byte order mark."""


class Unreadable(Exception):
    """The file cannot be read as a list at all; the message says why and what to do."""


class Readable(Protocol):
    """What gives bytes, at most so many at a time and none at its end: an open file."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, numbered from 1; `fault` says why its text cannot be used.

    A CR at its end is kept: inside quotes it belongs to a cell.
    """

    number: int
    text: str
    fault: str = ""


def lines(stream: Readable) -> Iterator[Line]:
    """Give the lines of a list: UTF-8, UTF-16 or Windows-1252, ended by LF, CRLF or CR; raise Unreadable."""
    head = stream.read(limits.LIST_BLOCK_BYTES)
    _refuse_packed(head)
    blocks = _as_utf8(head, stream)
    first = next(blocks, b"").removeprefix(codecs.BOM_UTF8)
    line_break = b"\r" if b"\r" in first and b"\n" not in first else b"\n"
    for number, line in enumerate(_cut(first, blocks, line_break), start=1):
        yield _line(number, line)


def _refuse_packed(head: bytes) -> None:
    if head.startswith(_PACKED):
        raise Unreadable(
            "This is a spreadsheet, a PDF or an archive, not a text file. Open it, and save the list as CSV."
        )


def _as_utf8(head: bytes, stream: Readable) -> Iterator[bytes]:
    """Give the blocks; those of UTF-16 recoded, so that lines are cut in one way."""
    name = _utf16(head)
    decoder = codecs.getincrementaldecoder(name)("replace") if name else None
    block = head
    while block:
        if decoder is None:
            yield block
        else:
            yield decoder.decode(block).removeprefix(_MARK).encode()
        block = stream.read(limits.LIST_BLOCK_BYTES)


def _utf16(head: bytes) -> str:
    """Return the codec of a text in UTF-16, told by its mark or by the NUL in every second byte."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    first, second = head[0::2].count(0), head[1::2].count(0)
    enough = _NUL_SHARE * len(head) / 2
    if second > enough > first:
        return "utf-16-le"
    return "utf-16-be" if first > enough > second else ""


def _cut(first: bytes, blocks: Iterator[bytes], line_break: bytes) -> Iterator[bytes | None]:
    """Give each line, None for one that is too long; never more than a line and a block is held."""
    kept, too_long, block = b"", False, first
    while block:
        parts = block.split(line_break)
        parts[0] = kept + parts[0]
        kept = parts.pop()
        for part in parts:
            yield None if too_long or len(part) > limits.LIST_LINE_BYTES else part
            too_long = False
        if len(kept) > limits.LIST_LINE_BYTES:
            kept, too_long = b"", True
        block = next(blocks, b"")
    if kept or too_long:
        yield None if too_long else kept


def _line(number: int, line: bytes | None) -> Line:
    if line is None:
        return Line(number, "", f"the line is longer than {limits.LIST_LINE_BYTES:,} bytes")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return _other(number, line)
    if "\0" in text:
        return Line(number, text, "the line contains NUL, as text never does")
    return Line(number, text)


def _other(number: int, line: bytes) -> Line:
    # Line by line: a list that was put together from two files is read as well.
    try:
        text = line.decode("cp1252")
    except UnicodeDecodeError:
        text = line.decode("latin-1")
        return Line(number, text, "the line is neither UTF-8, UTF-16 nor Windows-1252")
    return Line(number, text, "the line contains NUL" * ("\0" in text))
