"""One run at a time in a folder: the claim on var/, and the end of what a killed run left there."""

import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox import locks, processes
from sandbox.errors import SandboxError

LEFTOVER_SECONDS = 5


class Claim:
    """The hold of this run on its folder, with notes of what runs, for the next run to end."""

    def __init__(self, var: Path) -> None:
        self._lock = locks.Lock(var / "run.lock")

    def take(self, say: Callable[[str], None]) -> None:
        """Claim the folder, and end what a killed run left; SandboxError where that cannot be."""
        var = self._lock.path.parent
        try:
            (var / "log").mkdir(parents=True, exist_ok=True)
            var.chmod(0o700)
            left = self._lock.acquire()
        except locks.TakenError as taken:
            raise SandboxError(
                f"Samizdat runs from this folder already (process {taken.pid}); stop it with "
                f"Ctrl-C where it was started, or with: kill {taken.pid}"
            ) from None
        except OSError as error:
            raise SandboxError(
                f"{error.filename or var} cannot be written ({error.strerror}); work in a "
                "folder of your own."
            ) from None
        _end(left, say)

    def note(self, running: Mapping[str, int]) -> None:
        """Write down which processes run."""
        self._lock.note([f"{name} {pid}" for name, pid in running.items()])

    def release(self) -> None:
        """Give the folder free."""
        self._lock.release()


def _end(notes: list[str], say: Callable[[str], None]) -> None:
    """End the sessions that the notes name, as far as programs of this folder's .venv live there."""
    leaders = [int(pid) for pid in (note.rpartition(" ")[2] for note in notes) if pid.isdigit()]
    ours = [leader for leader in leaders if _is_ours(leader)]
    if ours:
        say("ending what an earlier run left behind")
    for leader in ours:
        processes.tell_group(leader, signal.SIGTERM)
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while any(map(processes.group, ours)) and time.monotonic() < deadline:
        time.sleep(processes.POLL_SECONDS)
    for leader in ours:
        processes.tell_group(leader, signal.SIGKILL)


def _is_ours(leader: int) -> bool:
    # An id alone proves nothing: since that run it may have become somebody else's.
    return any(sys.executable in processes.command_line(pid) for pid in processes.group(leader))
