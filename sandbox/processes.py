"""One process: started in a session of its own, logged to a file, ended with its children."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox import tether
from sandbox.errors import SandboxError

POLL_SECONDS = 0.05
PROC = Path("/proc")
"""Where Linux lists its processes; elsewhere `ps` is asked."""


class Child:
    """A program that runs beside this one.

    It has its own session, so that a Ctrl-C in the terminal reaches the parent alone and each child
    is told once; and it is tied to the parent, which it does not outlive (Linux).
    """

    def __init__(self, name: str, argv: Sequence[str], *, log: Path) -> None:
        self.name = name
        self.argv = tuple(argv)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, None before the first start."""
        return self._process.pid if self._process else None

    def start(
        self,
        *,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        farewell: int = signal.SIGTERM,
    ) -> None:
        """Start it in a folder; `farewell` is the signal it gets when this process dies."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tether.tied(farewell),  # noqa: PLW1509 - one bare system call, from the main thread
            )

    def code(self) -> int | None:
        """Return its exit code, None while it runs; RuntimeError where it was never started."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.poll()

    def tell(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came in time."""
        if self._process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)
        return self._process.returncode is not None

    def finish(self) -> None:
        """Kill what is left of it and of everything it started."""
        if self._process is None:
            return
        tell_group(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def last_lines(self) -> str:
        """Return the end of its log, indented, for a person to read."""
        return last_lines(self.log)


def run(
    name: str,
    argv: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    log: Path,
    check: Callable[[], None],
) -> str:
    """Run a program to its end and return what it printed; raise SandboxError where it failed.

    `check` is called while it runs; what that raises ends the program and comes out here.
    """
    with log.open("wb") as errors:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            preexec_fn=tether.tied(signal.SIGTERM),  # noqa: PLW1509 - as in Child.start
        )
    try:
        printed = _communicate(process, check)
    finally:
        tell_group(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode:
        raise SandboxError(f"{name} failed; its last words (of {log}):\n{last_lines(log)}")
    return printed


def _communicate(process: subprocess.Popen[bytes], check: Callable[[], None]) -> str:
    while True:
        try:
            return process.communicate(timeout=POLL_SECONDS)[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            check()


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, indented, for a person to read."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines[-count:]) or "    (it wrote nothing)"


def tell_group(leader: int, number: int) -> None:
    """Send a signal to the processes of a session; those that are gone already are no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def group(leader: int) -> list[int]:
    """Return the ids of the processes that were started with a leader, which may itself be gone."""
    if PROC.is_dir():
        every = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
        return [pid for pid in every if _group_of(pid) == leader and command_line(pid)]
    listed = subprocess.run(
        ["ps", "-axo", "pgid=,pid="], check=False, capture_output=True, text=True
    ).stdout.splitlines()
    pairs = [line.split() for line in listed]
    return [int(pid) for its_group, pid in pairs if int(its_group) == leader]


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def command_line(pid: int) -> str:
    """Return how a process was started, '' where there is none: an id alone may be a stranger's."""
    if PROC.is_dir():
        try:
            words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return ""
        return b" ".join(words).decode(errors="replace")
    found = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return found.stdout.strip()


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until a process that is not our child has ended; tell whether it did."""
    deadline = time.monotonic() + seconds
    while command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
