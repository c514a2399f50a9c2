"""Who uses the cores while a bench runs: CPU seconds by program, and how busy the machine is."""

import contextlib
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
_TIMES: Final = slice(11, 15)
"""utime, stime, cutime, cstime: where they stand behind the program's name in /proc/PID/stat (proc(5))."""
_IDLE: Final = slice(3, 5)
"""idle and iowait, in the first line of /proc/stat."""


def by_program(parent: int | None = None) -> dict[str, float]:
    """Return the CPU seconds of every process started from here, those that have ended included."""
    used: defaultdict[str, float] = defaultdict(float)
    for pid in _children(parent or os.getpid()):
        program, seconds = _used(pid)
        used[program] += seconds
        for name, more in by_program(pid).items():
            used[name] += more
    return dict(used)


def of(stat: str) -> tuple[str, float]:
    """Return the program and its CPU seconds from a line of /proc/PID/stat, its ended children's included."""
    program, _, rest = stat.partition("(")[2].rpartition(")")
    return program, sum(map(int, rest.split()[_TIMES])) * TICK


def _used(pid: int) -> tuple[str, float]:
    with contextlib.suppress(OSError):
        return of((PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace"))
    return "", 0.0


def _children(parent: int) -> list[int]:
    found = list[int]()
    for file in (PROC / str(parent) / "task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, file.read_text(encoding="ascii").split())
    return found


def _ticks() -> tuple[float, float]:
    with contextlib.suppress(OSError):
        line = (PROC / "stat").read_text(encoding="ascii").splitlines()[0]
        ticks = list(map(int, line.split()[1:]))
        return sum(ticks[_IDLE]), sum(ticks)
    return 0.0, 0.0


@dataclass
class Meter:
    """What the processes started from here have used since it was made; 0 where there is no /proc."""

    _before: Mapping[str, float] = field(default_factory=by_program)
    _machine: tuple[float, float] = field(default_factory=_ticks)

    def used(self, mails: int) -> dict[str, float]:
        """Return the microseconds of CPU for each mail, by program."""
        now = by_program()
        spent = {name: now[name] - self._before.get(name, 0) for name in now}
        return {name: round(s * 1e6 / mails, 1) for name, s in spent.items() if s > 0}

    def busy(self) -> float:
        """Return the share of the machine's cores that was in use, whoever used it."""
        (idle, all_), (idle_before, all_before) = _ticks(), self._machine
        return 1 - (idle - idle_before) / max(all_ - all_before, 1)
