"""A server that belongs to us: started under a folder, reached over a socket, ended with us.

It listens on no port. One that a killed parent left behind is ended and started again, so that it
is always tied to the process that uses it.
"""

import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Self

from sandbox import locks, processes
from sandbox.errors import SandboxError

START_SECONDS = 30
STOP_SECONDS = 20
MEND_SECONDS = 1
MENDS, STEADY_SECONDS = 5, 60
"""How often a server is started again within how many seconds, before we give up."""


class Embedded(ABC):
    """A server under a folder of its own; for tests `durable=False` trades safety for speed."""

    name: ClassVar[str]
    farewell: ClassVar[int] = signal.SIGTERM

    def __init__(self, folder: Path, *, log: Path | None = None, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self._log = log or self.folder / "log"
        self._lock = locks.Lock(self.folder / "lock")
        self._child: processes.Child | None = None
        self._mended: list[float] = []

    @property
    def pid(self) -> int | None:
        """Its process id, None while it is not ours."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start it and wait until it answers; raise SandboxError with the reason."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._lock.acquire()
        except locks.TakenError as taken:
            raise SandboxError(
                f"{self.name} in {self.folder} is in use by process {taken.pid}; end that first."
            ) from None
        try:
            self._place()
            self._end_orphan()
            self._prepare()
            self._child = processes.Child(self.name, self._argv(), log=self._log)
            self._child.start(folder=self.folder, farewell=self.farewell)
            self._wait(self._child)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it, cleanly if it can be; does nothing where it does not run."""
        if self._child is not None:
            self._child.tell(self.farewell)
            self._child.wait(STOP_SECONDS)
            self._child.finish()
            self._child = None
        self._lock.release()

    def mend(self, say: Callable[[str], None]) -> None:
        """Start it again if it ended by itself; raise SandboxError where it does not stay up."""
        if self._child is None or self._child.code() is None:
            return
        say(f"{self.name} ended; its last words:\n{self._child.last_lines()}")
        now = time.monotonic()
        self._mended = [when for when in self._mended if now - when < STEADY_SECONDS] + [now]
        if len(self._mended) > MENDS:
            raise SandboxError(f"{self.name} keeps ending. The whole of it: {self._log}")
        say(f"starting {self.name} again")
        self.stop()
        # What a killed server forked needs a moment to notice that it is gone.
        time.sleep(MEND_SECONDS)
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def ping(self) -> bool:
        """Tell whether it answers."""

    @abstractmethod
    def _place(self) -> None: ...

    @abstractmethod
    def _prepare(self) -> None: ...

    @abstractmethod
    def _argv(self) -> list[str]: ...

    @abstractmethod
    def _orphan(self) -> int | None: ...

    def _end_orphan(self) -> None:
        pid = self._orphan()
        if pid is None:
            return
        for number in (self.farewell, signal.SIGKILL):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                return
            except PermissionError:
                break
            if processes.wait_gone(pid, STOP_SECONDS):
                return
        raise SandboxError(
            f"An old {self.name} (process {pid}) does not end; end it with: kill {pid}"
        )

    def _wait(self, child: processes.Child) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.ping():
            if child.code() is not None or time.monotonic() > deadline:
                raise SandboxError(
                    f"{self.name} did not start; its last words:\n{child.last_lines()}"
                )
            time.sleep(processes.POLL_SECONDS)
