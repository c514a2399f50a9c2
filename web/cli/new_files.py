"""Files that commands write personal data into: new ones, which only their owner reads, whole or gone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


class BadFile(Exception):
    """A file cannot be read or written; the message says which and why."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Give a new file, which is taken away again where writing it breaks off; raise OSError."""
    with os.fdopen(os.open(path, _NEW, 0o600), "wb") as stream:
        try:
            yield stream
        except BaseException:
            path.unlink()
            raise


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Turn an operating system's error into a sentence about the file; raise BadFile."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadFile(f"{error.filename or file}: {why[:1].lower()}{why[1:]}.") from None
