"""Packed documents, DOCX (ECMA-376) and ODT (OpenDocument 1.3): who wrote and changed them, when, with what.

Their XML is searched, not parsed: nothing of a stranger's is expanded. Of each entry a bounded part is read.
"""

import html
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from config import limits
from mailer.metadata import jpeg, png
from mailer.metadata.traces import Kind, Trace, trace

_TOLD: Final[Mapping[bytes, Kind]] = {
    b"creator": Kind.PERSON,
    b"initial-creator": Kind.PERSON,
    b"printed-by": Kind.PERSON,
    b"lastModifiedBy": Kind.EDITOR,
    b"created": Kind.TIME,
    b"modified": Kind.TIME,
    b"creation-date": Kind.TIME,
    b"date": Kind.TIME,
    b"Application": Kind.PROGRAM,
    b"generator": Kind.PROGRAM,
    b"Company": Kind.COMPANY,
    b"Manager": Kind.PERSON,
    b"Template": Kind.WORDS,
    b"keywords": Kind.WORDS,
    b"keyword": Kind.WORDS,
    b"subject": Kind.WORDS,
    b"description": Kind.WORDS,
    b"user-defined": Kind.WORDS,
}
"""The elements of the properties whose meaning staff should know."""
_ELEMENT: Final = re.compile(
    rb"<(?:\w{1,40}:)?(%s)(?: [^<>]{0,300})?>([^<]{1,400})<" % b"|".join(_TOLD)
)
_PROPERTIES: Final = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
_OWN: Final = ("docProps/custom.xml",)
# <w:ins w:author="…"> and <w:comment w:author="…">; <dc:creator> of ODT's changes and annotations.
_EDITOR: Final = re.compile(rb"(?:\w:author=\"([^\"<]{1,400})\"|<dc:creator>([^<]{1,400})<)")
_TEXTS: Final = ("word/document.xml", "word/comments.xml", "word/people.xml", "content.xml")
_PREVIEWS: Final = ("docProps/thumbnail", "Thumbnails/thumbnail")
_PICTURES: Final = {".jpg": jpeg.traces, ".jpeg": jpeg.traces, ".png": png.traces}
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    LookupError,
    ValueError,
    # An entry that is encrypted, or packed in a way we have no way to unpack.
    RuntimeError,
    NotImplementedError,
)
"""What unpacking a stranger's archive may raise."""


def traces(content: bytes) -> list[Trace]:
    """Return what a packed document tells."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(dict.fromkeys(_found(archive)))
    except _BROKEN:
        return []


def _found(archive: zipfile.ZipFile) -> Iterator[Trace]:
    names = archive.namelist()[: limits.PACKED_ENTRIES]
    for name in names:
        if name in _PROPERTIES:
            yield from _properties(_read(archive, name))
        elif name in _TEXTS:
            yield from _editors(_read(archive, name))
        elif name in _OWN:
            yield trace(Kind.WORDS)
        elif name.startswith(_PREVIEWS):
            yield trace(Kind.PREVIEW)
    if _places(archive, names):
        yield trace(Kind.PLACE_INSIDE)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return an entry, as much of it as is read; b'' where it cannot be."""
    try:
        with archive.open(name) as entry:
            return entry.read(limits.METADATA_READ_BYTES)
    except _BROKEN:
        return b""


def _properties(xml: bytes) -> Iterator[Trace]:
    for name, value in _ELEMENT.findall(xml):
        kind = _TOLD[name]
        yield trace(kind, "" if kind is Kind.WORDS else _text(value))


def _editors(xml: bytes) -> Iterator[Trace]:
    for marked, written in _EDITOR.findall(xml):
        yield trace(Kind.EDITOR, _text(marked or written))


def _places(archive: zipfile.ZipFile, names: list[str]) -> bool:
    """Tell whether a picture in it says where it was taken."""
    left = limits.METADATA_PICTURES
    for name in names:
        look = next((way for end, way in _PICTURES.items() if name.lower().endswith(end)), None)
        if look is not None and left:
            left -= 1
            if trace(Kind.PLACE) in look(_read(archive, name)):
                return True
    return False


def _text(value: bytes) -> str:
    return html.unescape(value.decode("utf-8", "replace"))
