"""Keeps the processes of the sandbox running: starts them, again if they die, and ends them."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.processes import POLL_SECONDS, Child

DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each new start of what keeps dying; after the last one we give up."""
STEADY_SECONDS = 60.0
"""A process that ran this long has recovered: its count of deaths begins again."""
STOP_SECONDS = 10.0


@dataclass
class Watched:
    """A child, and how it fared."""

    child: Child
    deaths: int = 0
    started: float = 0.0
    due: float | None = None


@dataclass
class Supervisor:
    """Starts children in order and ends them in two waves, the first one last.

    The first is the mailbox: a mail in flight still gets its answer. `say` is told what happens in
    words, `changed` is called after each start with the ids that run.
    """

    folder: Path
    environ: Mapping[str, str]
    say: Callable[[str], None]
    changed: Callable[[Mapping[str, int]], None]
    delays: Sequence[float] = DELAYS
    watched: list[Watched] = field(default_factory=list)

    def start(self, children: Sequence[Child]) -> None:
        """Start children, in order."""
        for child in children:
            watched = Watched(child)
            self.watched.append(watched)
            self._start(watched)

    def look(self) -> None:
        """See to what died: start it again in time, or raise SandboxError where it keeps dying."""
        for watched in self.watched:
            if watched.due is not None:
                if time.monotonic() >= watched.due:
                    self._start(watched)
            elif (code := watched.child.code()) is not None:
                self._note_death(watched, code)

    def stop(self, impatient: Callable[[], bool] = lambda: False) -> None:
        """End all politely; kill what is left after ten seconds, or at once when impatient."""
        for wave in (self.watched[1:], self.watched[:1]):
            for watched in wave:
                watched.child.tell(signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            for watched in wave:
                while not watched.child.wait(POLL_SECONDS):
                    if time.monotonic() > deadline or impatient():
                        self.say(f"{watched.child.name} does not end; killing it")
                        break
                watched.child.finish()
        self.watched.clear()

    def _start(self, watched: Watched) -> None:
        watched.child.start(folder=self.folder, environ=self.environ)
        watched.started, watched.due = time.monotonic(), None
        self.changed({w.child.name: w.child.pid for w in self.watched if w.child.pid is not None})

    def _note_death(self, watched: Watched, code: int) -> None:
        # Its own children may have outlived it, and would hold its port or its tasks.
        watched.child.finish()
        if time.monotonic() - watched.started > STEADY_SECONDS:
            watched.deaths = 0
        child = watched.child
        words = f"{child.name} ended ({_meaning(code)}); its last words:\n{child.last_lines()}"
        if watched.deaths == len(self.delays):
            raise SandboxError(f"{words}\nIt keeps ending. The whole of it: {child.log}")
        delay = self.delays[watched.deaths]
        watched.deaths += 1
        watched.due = time.monotonic() + delay
        self.say(f"{words}\n    starting it again in {delay:g} s")


def _meaning(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
