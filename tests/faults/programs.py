"""A process of the product that a row starts, kills and ends; what it says goes to a file."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.settings import ROOT
from sandbox import tether

END_SECONDS = 60


class Program:
    """`python -m …` in a process group of its own; `before` are words such as `unshare -m`."""

    def __init__(
        self, *words: str, env: Mapping[str, str], log: Path, before: Sequence[str] = ()
    ) -> None:
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                [*before, sys.executable, "-m", *words],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tether.tied(signal.SIGKILL),  # noqa: PLW1509 - one bare system call, from the main thread
            )

    @property
    def died(self) -> bool:
        """Whether it ended by itself, with an error."""
        return (self._child.poll() or 0) > 0

    @property
    def pid(self) -> int:
        """The process id, which is its group's too."""
        return self._child.pid

    def kill(self) -> None:
        """Kill the whole group with SIGKILL; does nothing where it is gone."""
        if self._child.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self._child.wait(END_SECONDS)

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process, as a deployment does."""
        self._child.terminate()

    def wait(self, seconds: float = END_SECONDS) -> int:
        """Wait for its end and return its exit code; subprocess.TimeoutExpired where it stays."""
        return self._child.wait(seconds)

    @property
    def seconds_of_processor(self) -> float:
        """Return how long the group has used a processor so far, in seconds (Linux)."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            ticks += _ticks(stat, self.pid)
        return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(stat: Path, group: int) -> int:
    try:
        fields = stat.read_text("ascii", "replace").rpartition(")")[2].split()
    except OSError:
        return 0  # it ended while we looked
    return int(fields[11]) + int(fields[12]) if int(fields[2]) == group else 0
