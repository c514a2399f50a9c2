"""XMP (ISO 16684-1): the packet of XML that cameras and programs put into pictures and documents.

It is searched, not parsed: what is broken tells as much, and no XML of a stranger's is expanded.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final

from config import limits
from mailer.metadata.traces import Kind, Trace, trace

_TOLD: Final[Mapping[str, Kind]] = {
    "GPSLatitude": Kind.PLACE,
    "GPSLongitude": Kind.PLACE,
    "City": Kind.PLACE_NAME,
    "Country": Kind.PLACE_NAME,
    "Location": Kind.PLACE_NAME,
    "CreateDate": Kind.TIME,
    "ModifyDate": Kind.TIME,
    "DateTimeOriginal": Kind.TIME,
    "DateCreated": Kind.TIME,
    "Make": Kind.CAMERA,
    "Model": Kind.CAMERA,
    "SerialNumber": Kind.SERIAL,
    "BodySerialNumber": Kind.SERIAL,
    "LensSerialNumber": Kind.SERIAL,
    "creator": Kind.PERSON,
    "Author": Kind.PERSON,
    "OwnerName": Kind.PERSON,
    "rights": Kind.PERSON,
    "CreatorTool": Kind.PROGRAM,
    "Producer": Kind.PROGRAM,
    "description": Kind.WORDS,
    "subject": Kind.WORDS,
    "History": Kind.EARLIER,
    "Thumbnails": Kind.PREVIEW,
}
_SHOWN: Final = frozenset(
    {Kind.PLACE_NAME, Kind.TIME, Kind.CAMERA, Kind.PERSON, Kind.PROGRAM, Kind.COMPANY}
)
_NAMES: Final = "|".join(_TOLD)
# <dc:creator><rdf:Seq><rdf:li>N. Example</rdf:li>…, <xmp:CreatorTool>…, or xmp:CreatorTool="…"
_ELEMENT: Final = re.compile(
    rf"<\w{{1,40}}:({_NAMES})(?: [^<>]{{0,200}})?>((?:\s*<(?!/)[^<>]{{1,200}}>){{0,3}})([^<]{{0,400}})"
)
_ATTRIBUTE: Final = re.compile(rf"\s\w{{1,40}}:({_NAMES})\s?=\s?[\"']([^\"'<]{{0,400}})")
_BEGIN: Final = b"<x:xmpmeta"
_END: Final = b"</x:xmpmeta>"


def traces(packet: bytes) -> list[Trace]:
    """Return what a packet tells; one is never empty."""
    return list(dict.fromkeys(_found(packet))) or [trace(Kind.OTHER)]


def inside(content: bytes) -> list[Trace]:
    """Return what the packets inside other bytes tell."""
    found: list[Trace] = []
    at = content.find(_BEGIN)
    while at >= 0 and len(found) < limits.METADATA_ENTRIES:
        end = content.find(_END, at, at + limits.METADATA_READ_BYTES)
        found += traces(content[at : end if end > 0 else at + limits.METADATA_READ_BYTES])
        at = content.find(_BEGIN, end) if end > 0 else -1
    return found


def _found(packet: bytes) -> Iterator[Trace]:
    text = packet[: limits.METADATA_READ_BYTES].decode("utf-8", "ignore")
    for name, _, value in _ELEMENT.findall(text):
        yield _trace(name, value)
    for name, value in _ATTRIBUTE.findall(text):
        yield _trace(name, value)


def _trace(name: str, value: str) -> Trace:
    kind = _TOLD[name]
    return trace(kind, html.unescape(value) if kind in _SHOWN else "")
