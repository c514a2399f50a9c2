"""From a file to text: what may be imported at all, and in which encoding it is."""

import codecs
import re
from pathlib import Path
from typing import Final

from config import limits

BINARY: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Control characters no text editor writes; tab, line feed, vertical tab, form feed and return are text."""

CP1252_LETTERS: Final = 0.6
"""The share of letters, digits and spaces below which bytes are no Western European text."""

UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

ADVICE: Final = "Save the release as plain text, Markdown or HTML and import that file."


class Unreadable(Exception):
    """The file cannot be read as text; the message says why and what to do."""


def load(path: Path) -> str:
    """Read the file at `path` and return its text.

    The size is asked for before anything is read, so that a huge file costs nothing. Raises Unreadable.
    """
    try:
        if path.is_dir():
            raise Unreadable(f"{path.name} is a directory. Give the file of one release.")
        if not path.is_file():
            raise Unreadable(_absent(path))
        _check_size(path.stat().st_size, name=path.name)
        with path.open("rb") as file:
            # One byte more than allowed: a file that grows meanwhile is still refused, not read whole.
            data = file.read(limits.IMPORT_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not valid"
        raise Unreadable(
            f"{path.name} cannot be opened ({reason}). Check its name and its permissions."
        ) from error
    return read(data, name=path.name)


def read(data: bytes, *, name: str) -> str:
    """Decode a file's bytes: UTF-8, UTF-16 with its mark, else Windows-1252 where that is plausible.

    Raises Unreadable for a file that is empty, binary, or larger than `limits.IMPORT_FILE_BYTES`.
    """
    _check_size(len(data), name=name)
    text = _decoded(data, name=name)
    if BINARY.search(text):
        raise Unreadable(f"{name} is not a text file: it holds binary data. {ADVICE}")
    if not text.strip():
        raise Unreadable(f"{name} is empty. Choose the file that holds the release.")
    return text


def _absent(path: Path) -> str:
    if path.exists():
        return f"{path.name} is not a regular file. Give the file of one release."
    return f"There is no file {path.name}. Check the path."


def _check_size(size: int, *, name: str) -> None:
    if size > limits.IMPORT_FILE_BYTES:
        raise Unreadable(
            f"{name} has {size:,} bytes; at most {limits.IMPORT_FILE_BYTES:,} can be imported. "
            "Keep the text of the release and remove the rest."
        )


def _decoded(data: bytes, *, name: str) -> str:
    try:
        if data.startswith(UTF16_MARKS):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None if data.startswith(UTF16_MARKS) else _western(data)
    if text is None:
        raise Unreadable(f"{name} is in an unknown encoding. Save it as UTF-8 and import it again.")
    return text


def _western(data: bytes) -> str | None:
    """Return the bytes as Windows-1252, or nothing where the result would not look like writing."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    wordlike = sum(1 for letter in text if letter.isalnum() or letter.isspace())
    return text if wordlike >= CP1252_LETTERS * len(text) else None
