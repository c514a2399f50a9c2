"""Small pictures that tell a lot, and readers of them that share nothing with the product's."""

import struct
import zlib
from typing import Final

Entry = tuple[int, int, bytes]
"""A tag, its TIFF type, and its value of four bytes or more."""

MAKE: Final = (0x010F, 2, b"Example\0")
MODEL: Final = (0x0110, 2, b"Camera 5\0")
TAKEN: Final = (0x0132, 2, b"2026:03:01 10:00:00\0")
ARTIST: Final = (0x013B, 2, b"Noor Example\0")
SERIAL: Final = (0xA431, 2, b"SN-0001\0")
LATITUDE: Final = (0x0002, 5, struct.pack(">6I", 52, 1, 30, 1, 0, 1))
REFERENCE: Final = (0x0001, 2, b"N\0\0\0")


def turned(orientation: int) -> Entry:
    """Return the entry that turns a picture."""
    return (0x0112, 3, struct.pack(">HH", orientation, 0))


def exif(*entries: Entry, details: tuple[Entry, ...] = (), gps: tuple[Entry, ...] = ()) -> bytes:
    """Return an Exif block, big-endian, with directories of details and of the place where given."""
    tables = [(0x8769, details), (0x8825, gps)]
    pointers = [(tag, 4, b"") for tag, table in tables if table]
    block = b"MM\0\x2a\0\0\0\x08" + _directory((*entries, *pointers), 8)
    for tag, table in tables:
        if table:
            at = block.index(struct.pack(">HHI", tag, 4, 1)) + 8
            block = block[:at] + struct.pack(">I", len(block)) + block[at + 4 :]
            block += _directory(table, len(block))
    return block


def _directory(entries: tuple[Entry, ...], at: int) -> bytes:
    behind = at + 2 + 12 * len(entries) + 4
    table, values = struct.pack(">H", len(entries)), b""
    for tag, kind, value in entries:
        count = {2: len(value), 3: 1, 4: 1, 5: len(value) // 8}[kind]
        inside = value[:4].ljust(4, b"\0")
        where = inside if len(value) <= 4 else struct.pack(">I", behind + len(values))
        table += struct.pack(">HHI", tag, kind, count) + where
        values += value if len(value) > 4 else b""
    return table + bytes(4) + values


TELLING: Final = exif(
    MAKE, MODEL, TAKEN, ARTIST, turned(6), details=(SERIAL,), gps=(REFERENCE, LATITUDE)
)
XMP: Final = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:CreatorTool="Example Draw 3">'
    b"<dc:creator><rdf:Seq><rdf:li>Noor &amp; Example</rdf:li></rdf:Seq></dc:creator>"
    b"<exif:GPSLatitude>52,30N</exif:GPSLatitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)
IPTC: Final = (
    b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x20"
    b"\x1c\x02\x50\0\x0cNoor Example\x1c\x02\x5a\0\x0cExample Town"
)


# -- JPEG ------------------------------------------------------------------------------------------


def segment(marker: int, body: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


JFIF: Final = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
PROFILE: Final = segment(0xE2, b"ICC_PROFILE\0\1\1profile")
ADOBE: Final = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
TABLES: Final = segment(0xDB, bytes(65)) + segment(0xC0, bytes(15)) + segment(0xC4, bytes(20))
SCAN: Final = segment(0xDA, bytes(10)) + b"\x12\xff\x00\xff\xd0\x34\xff\x00"
DRAWN: Final = TABLES + SCAN + segment(0xC4, bytes(9)) + SCAN


def jpeg(*told: bytes, drawn: bytes = DRAWN, behind: bytes = b"") -> bytes:
    """Return a JPEG of two scans with these segments before what it is drawn from."""
    return b"\xff\xd8" + b"".join(told) + drawn + b"\xff\xd9" + behind


def exif_segment(block: bytes = TELLING) -> bytes:
    """Return the segment that carries an Exif block."""
    return segment(0xE1, b"Exif\0\0" + block)


# -- PNG -------------------------------------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
ROWS: Final = b"\0\xff\0\0\0\xff\0" + b"\0\0\0\xff\xff\xff\xff"
END: Final = chunk(b"IEND", b"")


def png(*told: bytes, behind: bytes = b"") -> bytes:
    """Return a PNG of four pixels, with these chunks before, between and after its data."""
    packed = zlib.compress(ROWS)
    data = chunk(b"IDAT", packed[:5]), chunk(b"IDAT", packed[5:])
    told_ = b"".join(told)
    return SIGNATURE + HEADER + told_ + data[0] + data[1] + told_ + END + behind


def chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """Return name and data of each chunk; fail where a checksum or the end is wrong."""
    assert content.startswith(SIGNATURE)
    at, found = len(SIGNATURE), []
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        assert content[at : at + size + 12] == chunk(name, data)
        found.append((name, data))
        at += size + 12
    return found


def pixels(content: bytes) -> bytes:
    """Return the rows of a PNG as they are drawn."""
    return zlib.decompress(b"".join(data for name, data in chunks(content) if name == b"IDAT"))
