"""The journal: what one holder offered and what the relay said, on this machine's disk before the database.

A line is written before the last byte of a message leaves us, and another when the relay has answered.
`write` puts it in the kernel's page cache, which survives `kill -9` of this process; a lock on the file
tells the living from the dead. After a power cut the cache is gone: the first line names the boot, and a
journal of another boot proves nothing about what was never offered.

    boot 6f1c… 1790000000 (kernel boot id, or - where there is none; the database's epoch)
    offer 4711            (the final dot of delivery 4711 is about to be written)
    reply 4711 {…}        (its outcome, as JSON)
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from mailer.deliveries import Fate, Outcome
from mailer.models.deliveries import DeliveryState

_SUFFIX: Final = ".journal"
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Journal:
    """The journal of one holder, open and locked while the holder lives."""

    def __init__(self, folder: Path, holder: UUID, *, epoch: int = 0) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = _path(folder, holder)
        self._head = f"boot {_boot()} {epoch}\n"
        fresh = self._path.with_suffix(".new")
        self._file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            # Locked before it has its name: whoever finds a journal unlocked may take its holder for dead.
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._write(self._head)
            fresh.rename(self._path)
        except BaseException:  # a full disk would otherwise cost a file and a descriptor each time
            os.close(self._file)
            fresh.unlink(missing_ok=True)
            raise

    def offer(self, delivery_id: int) -> None:
        """Note that the final dot is about to be written; raise OSError where that cannot be noted."""
        self._write(f"offer {delivery_id}\n")

    def reply(self, outcome: Outcome) -> None:
        """Note what the relay said."""
        said = _dump(outcome.fate, suppress=outcome.suppress)
        self._write(f"reply {outcome.delivery_id} {said}\n")

    def clear(self) -> None:
        """Forget what the database has by now."""
        os.ftruncate(self._file, 0)
        self._write(self._head)

    def close(self) -> None:
        """Remove the journal: the database has it all."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)

    def abandon(self) -> None:
        """Leave the journal to whoever recovers it, as a kill would."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the journal, or leave it behind where something went wrong."""
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _write(self, line: str) -> None:
        data = line.encode()
        if os.write(self._file, data) != len(data):
            raise OSError(
                "the journal's disk is full; free some space and sending goes on by itself"
            )


@dataclass
class Orphan:
    """What a lost holder left: facts, and deliveries offered without an answer."""

    holder: UUID
    same_boot: bool = False
    #: The highest epoch that its host had seen (`mailer.epochs`).
    epoch: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    unanswered: set[int] = field(default_factory=set)


@contextmanager
def orphans(folder: Path) -> Iterator[list[Orphan]]:
    """Give the journals whose holders are dead, locked; they are removed once the block ends well."""
    taken: list[tuple[int, Orphan]] = []
    try:
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            with suppress(OSError, ValueError):  # ValueError: named by nobody of ours
                taken.append(_take(path))
        yield [orphan for _, orphan in taken]
        for _, orphan in taken:
            _path(folder, orphan.holder).unlink(missing_ok=True)
    finally:
        for file, _ in taken:
            os.close(file)


def left_by(folder: Path, holder: UUID) -> Orphan | None:
    """Return what a holder has noted whose lease ran out, None where this machine does not have it.

    It may live, stopped in the middle of a window: once awake it offers nothing more (`mailer.leases`).
    """
    try:
        return _read(_path(folder, holder))
    except OSError:
        return None


def _path(folder: Path, holder: UUID) -> Path:
    return folder / f"{holder}{_SUFFIX}"


def _take(path: Path) -> tuple[int, Orphan]:
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: its holder lives
        return file, _read(path)
    except BaseException:
        os.close(file)
        raise


def _read(path: Path) -> Orphan:
    orphan = Orphan(holder=UUID(path.stem))
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
        word, _, rest = line.partition(" ")
        if not line.endswith("\n"):
            break  # torn by a full disk or a power cut: what follows was never written
        try:
            _note(orphan, word, rest)
        except (ValueError, TypeError):
            # A damaged line proves nothing of what was never offered; it must not stop all sending.
            orphan.same_boot = False
            break
    return orphan


def _note(orphan: Orphan, word: str, rest: str) -> None:
    if word == "boot":
        boot, _, epoch = rest.strip().partition(" ")
        # Where the kernel names no boot, nothing proves that this is the same one.
        orphan.same_boot = boot == _boot() != "-"
        orphan.epoch = int(epoch or 0)
    elif word == "offer":
        orphan.unanswered.add(int(rest))
    elif word == "reply":
        outcome = _load(rest)
        orphan.unanswered.discard(outcome.delivery_id)
        orphan.outcomes.append(outcome)
    else:
        raise ValueError(word)


@lru_cache(maxsize=64)
def _dump(fate: Fate, *, suppress: bool) -> str:
    """Return what most replies of a run have in common, which is written once for each of them."""
    state, reason, next_try_at, _, doubt, provider = fate
    tries = next_try_at.isoformat() if next_try_at else None
    return json.dumps([state, reason, tries, doubt, suppress, provider])


def _load(rest: str) -> Outcome:
    number, _, payload = rest.partition(" ")
    state, reason, tries, doubt, suppress_it, provider = json.loads(payload)
    return Outcome(
        delivery_id=int(number),
        state=DeliveryState(state),
        reason=reason,
        next_try_at=datetime.fromisoformat(tries) if tries else None,
        doubt=doubt,
        suppress=suppress_it,
        provider=provider,
    )


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "-"
