"""Small files of every kind that is taken, and some that only claim to be."""

import io
import zipfile
from typing import Final


def packed(*entries: tuple[str, bytes]) -> bytes:
    """Return a zip archive of these entries, stored as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


PDF: Final = b"%PDF-1.4\n%%EOF\n"
ODT: Final = packed(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"x"))
DOCX: Final = packed(("[Content_Types].xml", b"x"), ("word/document.xml", b"x"))
TAKEN: Final = {
    "report.pdf": PDF,
    "photo.png": b"\x89PNG\r\n\x1a\n\0",
    "photo.JPG": b"\xff\xd8\xff\xe0\0",
    "photo.jpeg": b"\xff\xd8\xff\xdb\0",
    "notes.txt": "Zwölf Zeugen\n".encode(),
    "figures.csv": b"\xef\xbb\xbfmonth,held\r\nMay,3\r\n",
    "letter.odt": ODT,
    "letter.docx": DOCX,
}
MACROS: Final = packed(("word/document.xml", b"x"), ("word/vbaProject.bin", b"x"))
REFUSED: Final = {
    "page.html": b"<p>",
    "picture.svg": b"<svg/>",
    "script.sh": b"#!/bin/sh",
    "program.exe": b"MZ",
    "archive.zip": DOCX,
    "no ending": PDF,
    "report.pdf": b"<html>",
    "hidden.pdf": b"\n%PDF-1.4",
    "photo.png": b"\xff\xd8\xff\xe0",
    "page.txt": b" <!DOCTYPE html><p>",
    "picture.txt": b"\xef\xbb\xbf<svg onload='x'/>",
    "script.txt": b"#!/bin/sh\n",
    "bytes.txt": b"\xff\xfe\x00",
    "nul.csv": b"a\0b",
    "macros.docx": MACROS,
    "letter.odt": DOCX,
    "broken.docx": b"PK\x03\x04 and no more",
    "letter.docx": ODT,
}
