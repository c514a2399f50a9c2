"""Kinds of file that a release may carry, told by their first bytes and not by what their name claims."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from config import limits


class UnknownKind(ValueError):
    """The bytes are of no kind that a release may carry, or of another one than the name says."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: what readers call it, its media type, how its names end, what its bytes are."""

    label: str
    media_type: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]


def recognise(name: str, content: bytes) -> Kind:
    """Return the kind that both the name's ending and the bytes say; raise UnknownKind."""
    suffix = name.rpartition(".")[2].lower()
    kind = next((kind for kind in KINDS if suffix in kind.suffixes), None)
    if kind is None:
        raise UnknownKind(f"{name} is of no kind that is taken. Give {CHOICE}.")
    if not kind.matches(content):
        raise UnknownKind(
            f"{name} is not what its name says: its content is no {kind.label}. "
            "Export it anew from the program that made it."
        )
    return kind


def label(media_type: str) -> str:
    """Return what readers call a media type."""
    return next((kind.label for kind in KINDS if kind.media_type == media_type), media_type)


# -- What bytes are --------------------------------------------------------------------------------

# Text that a browser or a shell would act on, were it ever to forget our Content-Type.
_ACTS: Final = re.compile(r"\ufeff?\s*(#!|<[!?a-z])", re.IGNORECASE)
_LINE_MARKS: Final = frozenset("\t\n\r\f")


def _begins(magic: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magic)


def _is_text(content: bytes) -> bool:
    """Tell whether bytes are UTF-8 that people read: no control characters, no markup, no script."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    controls = (c for c in set(text) - _LINE_MARKS if unicodedata.category(c) in {"Cc", "Cn"})
    return not any(controls) and not _ACTS.match(text)


def _is_odt(content: bytes) -> bool:
    # OpenDocument 1.3 part 2, 3.3: the first entry is the media type, stored as it is.
    return content[30:38] == b"mimetype" and _packed(content, "mimetype") == ODT.encode()


def _is_docx(content: bytes) -> bool:
    return _packed(content, "word/document.xml", whole=False) is not None


def _packed(content: bytes, wanted: str, *, whole: bool = True) -> bytes | None:
    """Return an entry of a packed document without macros, b'' for not `whole`; None where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if len(names) > limits.PACKED_ENTRIES or any(_is_macro(name) for name in names):
                return None
            size = packed.getinfo(wanted).file_size
            return packed.read(wanted) if whole and size <= len(ODT) else b""
    except (KeyError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile):
        return None


def _is_macro(name: str) -> bool:
    return name.lower().endswith("vbaproject.bin") or name.startswith(("Basic/", "Scripts/"))


PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
ODT: Final = "application/vnd.oasis.opendocument.text"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

KINDS: Final = (
    Kind("PDF", PDF, ("pdf",), _begins(b"%PDF-")),
    Kind("PNG", PNG, ("png",), _begins(b"\x89PNG\r\n\x1a\n")),
    Kind("JPEG", JPEG, ("jpg", "jpeg"), _begins(b"\xff\xd8\xff")),
    Kind("TXT", "text/plain", ("txt",), _is_text),
    Kind("CSV", "text/csv", ("csv",), _is_text),
    Kind("ODT", ODT, ("odt",), _is_odt),
    Kind("DOCX", DOCX, ("docx",), _is_docx),
)
"""What is taken: documents and pictures that open without running anything."""
CHOICE: Final = "PDF, PNG, JPEG, plain text (TXT), CSV, ODT or DOCX"
SUFFIXES: Final = ",".join(f".{suffix}" for kind in KINDS for suffix in kind.suffixes)
"""What a file's name may end in, as an `accept` attribute of HTML."""
