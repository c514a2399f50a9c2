"""How the user asks the sandbox to end: Ctrl-C, a kill, a closed terminal."""

import signal
from dataclasses import dataclass
from types import FrameType


class StopRequest(Exception):
    """The user asked the sandbox to end."""


@dataclass
class Stop:
    """Counts how often we were asked to end. The work looks here wherever it can be left off."""

    asked: int = 0

    def listen(self) -> None:
        """Take the signals from now on; a SIGHUP that nohup has muted stays muted."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._count)

    def check(self) -> None:
        """Raise StopRequest if we were asked to end."""
        if self.asked:
            raise StopRequest

    def impatient(self) -> bool:
        """Tell whether we were asked more than once."""
        return self.asked > 1

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1
