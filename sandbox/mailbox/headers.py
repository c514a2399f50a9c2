"""Reads the header of a mail leniently: raw bytes in, characters a page can show out.

The standard library's header classes raise on some malformed fields and change others. A mailbox
for developers shows what was sent, so fields are cut and decoded here.
"""

import re
from binascii import a2b_base64, a2b_qp
from typing import Final

HEADER_BYTES: Final = 256 * 1024
"""The longest header block that is read; what follows is shown in the raw mail only."""
FIELD_LENGTH: Final = 10_000
"""Characters of one field that are shown."""

_END = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_WORDS = re.compile(rf"{_WORD.pattern}(?:[ \t]+{_WORD.pattern})*", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def fields(content: bytes) -> tuple[tuple[str, str], ...]:
    """List a mail's header fields, decoded, in their order; a line that is no field is left out."""
    block = _END.split(content[:HEADER_BYTES], maxsplit=1)[0]
    found = []
    for line in _FOLD.sub(b"", block).splitlines():
        field = _NAME.fullmatch(line)
        if field is not None:
            name, value = field.groups()
            found.append((name.decode("ascii"), one_line(decoded(characters(value.strip())))))
    return tuple(found)


def first(found: tuple[tuple[str, str], ...], name: str) -> str:
    """Give the first field of that name, or nothing."""
    return next((value for key, value in found if key.lower() == name), "")


def decoded(text: str) -> str:
    """Decode the encoded words of a field (RFC 2047); a broken one stays as it was."""
    return _WORDS.sub(_words, text[:FIELD_LENGTH])


def one_line(text: str) -> str:
    """Make text safe to show in one line."""
    return printable(text.replace("\r", " ").replace("\n", " ")).strip()


def printable(text: str) -> str:
    """Put U+FFFD for control characters and lone surrogates, which no page can carry."""
    return _UNPRINTABLE.sub("\ufffd", text)


def characters(data: bytes, charset: str | None = None) -> str:
    """Decode bytes by the charset they claim, else as UTF-8, else byte by byte (Latin-1)."""
    for name in (charset, "utf-8"):
        try:
            return data.decode(name) if name else data.decode()
        except (LookupError, ValueError):  # an unknown or lying charset
            continue
    return data.decode("latin-1")


def _words(run: re.Match[str]) -> str:
    """Decode encoded words that follow each other; the space between them is not part of the text."""
    try:
        return "".join(_word(*word) for word in _WORD.findall(run.group()))
    except ValueError:  # broken base64, or letters that are not ASCII
        return run.group()


def _word(charset: str, encoding: str, text: str) -> str:
    data = text.encode("ascii")
    if encoding in "qQ":
        return characters(a2b_qp(data, header=True), charset)
    padding = b"=" * (-len(data) % 4)  # left out by some writers
    return characters(a2b_base64(data + padding, strict_mode=True), charset)
