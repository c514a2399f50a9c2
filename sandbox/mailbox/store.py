"""Where received mail lies: one .eml file for each message and an index of envelopes beside them.

A message is in the store once its file has its name and its line is in the index; both are written
before SMTP says 250. That survives the death of this process at any point. It is not flushed to the
disk itself: a power cut may take the last seconds, and waiting for the disk would slow every run.
"""

import fcntl
import json
import os
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Final, Self

from sandbox.mailbox import headers

KEPT_MESSAGES: Final = 20_000
"""Messages kept when nothing else is said; the oldest make room."""
INDEX_NAME: Final = "index.jsonl"


class StoreUnusable(Exception):
    """The folder for the mail cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of one message: its envelope, and two fields of its header."""

    id: str
    mail_from: str
    recipients: tuple[str, ...]
    received_at: datetime
    sender: str
    subject: str
    size: int

    @property
    def to(self) -> str:
        """Say the envelope's recipients in one line."""
        return ", ".join(self.recipients)

    def is_for(self, address: str) -> bool:
        """Tell whether the address is one of the recipients, letter case aside."""
        wanted = address.strip().casefold()
        return any(wanted == recipient.casefold() for recipient in self.recipients)

    def mentions(self, words: str) -> bool:
        """Tell whether sender, recipients or subject contain the words, letter case aside."""
        searched = f"{self.sender}\n{self.mail_from}\n{self.to}\n{self.subject}"
        return words.strip().casefold() in searched.casefold()

    def line(self) -> bytes:
        """Write the entry as one line of the index."""
        return json.dumps(asdict(self), default=datetime.isoformat).encode()

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read one line of the index; raises ValueError, KeyError or TypeError where it is torn."""
        values = json.loads(line)
        values["recipients"] = tuple(values["recipients"])
        values["received_at"] = datetime.fromisoformat(values["received_at"])
        return cls(**values)


class Store:
    """The messages in one folder, newest `keep` of them, safe to use from several threads.

    Raises StoreUnusable where the folder cannot be written or another mailbox uses it.
    """

    def __init__(self, folder: Path, *, keep: int = KEPT_MESSAGES) -> None:
        self._folder = folder
        self._keep = keep
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._index: FileIO | None = None
        self._last_id = 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._owner = _owned(folder)
            self._load()
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreUnusable(
                f"The mail folder {folder} cannot be written ({reason}): "
                "make it writable or give another with --dir FOLDER."
            ) from error

    def add(self, *, mail_from: str, recipients: tuple[str, ...], content: bytes) -> Entry:
        """Write a message down, then list it. Raises OSError where the disk is full."""
        found = headers.fields(content)
        with self._lock:
            now = datetime.now(UTC)
            entry = Entry(
                id=self._next_id(now),
                mail_from=mail_from,
                recipients=recipients,
                received_at=now,
                sender=headers.first(found, "from") or mail_from,
                subject=headers.first(found, "subject"),
                size=len(content),
            )
            self._write(entry, content)
            self._drop_oldest()
        return entry

    def newest_first(self) -> list[Entry]:
        """List what is kept, the newest first; reads no file."""
        with self._lock:
            return list(reversed(self._entries.values()))

    def get(self, message_id: str) -> tuple[Entry, bytes] | None:
        """Give a message and its bytes exactly as received, or None where there is none."""
        with self._lock:
            entry = self._entries.get(message_id)
        try:
            return None if entry is None else (entry, self._path(entry.id).read_bytes())
        except FileNotFoundError:  # dropped by another thread just now
            return None

    def clear(self) -> int:
        """Delete every message; gives their number."""
        with self._lock:
            gone = list(self._entries)
            self._entries.clear()
            self._rewrite_index()
        for message_id in gone:  # outside the lock: mail keeps arriving meanwhile
            self._path(message_id).unlink(missing_ok=True)
        return len(gone)

    def close(self) -> None:
        """Let go of the folder."""
        if self._index is not None:
            self._index.close()
        os.close(self._owner)

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{message_id}.eml"

    def _next_id(self, now: datetime) -> str:
        """Give ids that only grow, over restarts too: microseconds since 1970."""
        self._last_id = max(self._last_id + 1, int(now.timestamp() * 1_000_000))
        return f"{self._last_id:016d}"

    def _write(self, entry: Entry, content: bytes) -> None:
        part = self._folder / f"{entry.id}.part"
        part.write_bytes(content)
        part.rename(self._path(entry.id))
        # The line break comes first: a line torn by a full disk cannot swallow the next one.
        line = b"\n" + entry.line()
        if self._index is None or self._index.write(line) != len(line):
            raise OSError("The index was not written in full.")
        self._lines += 1
        self._entries[entry.id] = entry

    def _drop_oldest(self) -> None:
        while len(self._entries) > self._keep:
            message_id, _ = self._entries.popitem(last=False)
            self._path(message_id).unlink(missing_ok=True)
        if self._lines > 2 * self._keep:
            self._rewrite_index()

    def _load(self) -> None:
        """Read the index of an earlier run, and clear away what it does not name.

        A message without a file was dropped; a file without a line was never acknowledged to its
        sender, or deleted by a run that died in the middle. Without an index nothing is cleared.
        """
        index = self._folder / INDEX_NAME
        files = {path.stem: path for path in self._folder.glob("*.eml") if path.stem.isdecimal()}
        lines = index.read_bytes().split(b"\n") if index.exists() else []
        found = [entry for entry in map(_entry, lines) if entry is not None]
        self._entries.update((entry.id, entry) for entry in found if entry.id in files)
        for part in self._folder.glob("*.part"):
            part.unlink(missing_ok=True)
        for message_id in files.keys() - self._entries.keys() if lines else ():
            files[message_id].unlink(missing_ok=True)
        self._last_id = int(max(self._entries, default="0"))
        self._rewrite_index()
        self._drop_oldest()

    def _rewrite_index(self) -> None:
        """Write the index anew, without the lines of messages that are gone."""
        index = self._folder / INDEX_NAME
        part = self._folder / f"{INDEX_NAME}.part"
        part.write_bytes(b"\n".join(entry.line() for entry in self._entries.values()))
        part.rename(index)
        if self._index is not None:
            self._index.close()
        self._index = index.open("ab", buffering=0)
        self._lines = len(self._entries)


def _entry(line: bytes) -> Entry | None:
    try:
        return Entry.from_line(line)
    except (ValueError, KeyError, TypeError):  # a blank line, or one torn when a disk was full
        return None


def _owned(folder: Path) -> int:
    """Hold the folder for this process: two mailboxes in one would lose each other's lines."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise StoreUnusable(
            f"Another mailbox uses the mail folder {folder}: stop it or give another with --dir."
        ) from error
    return descriptor
