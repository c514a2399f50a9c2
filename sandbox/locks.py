"""A lock file that one process holds; the kernel lets go of it however that process ends."""

import fcntl
import os
from pathlib import Path


class TakenError(Exception):
    """Another process holds the lock; `pid` is its id as far as it wrote it down."""

    def __init__(self, pid: str) -> None:
        super().__init__(f"held by process {pid}")
        self.pid = pid


class Lock:
    """A file that is locked, and holds lines of text: the holder's process id, then notes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def acquire(self) -> list[str]:
        """Take the lock and return the notes its last holder left; raise TakenError."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        lines = os.read(file, 64 * 1024).decode(errors="replace").splitlines()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise TakenError(lines[0] if lines else "unknown") from None
        self._file = file
        self.note([])
        return lines[1:]

    def note(self, lines: list[str]) -> None:
        """Write notes for whoever takes the lock next; does nothing where it is not held."""
        if self._file is None:
            return
        text = "\n".join([str(os.getpid()), *lines]) + "\n"
        # One write over the old text, then the cut: a crash between them leaves the notes readable.
        size = os.pwrite(self._file, text.encode(), 0)
        os.ftruncate(self._file, size)

    def release(self) -> None:
        """Let go of the lock; its notes are emptied, for there is nothing left to know."""
        if self._file is None:
            return
        os.ftruncate(self._file, 0)
        os.close(self._file)
        self._file = None
