"""The sandbox's time: it stands still, or runs with the machine's; either way it only moves forward."""

import time


class Clock:
    """Seconds since 1970. `ticking` runs `ahead` of the machine's clock; otherwise `now` stands."""

    def __init__(self, *, now: int | None = None, ticking: bool = False, ahead: int = 0) -> None:
        self.ticking = ticking
        self.ahead = ahead
        self._now = _real() + ahead if now is None else now

    def now(self) -> int:
        """Say what time it is; never less than it said before."""
        if self.ticking:
            self._now = max(self._now, _real() + self.ahead)
        return self._now

    def move_to(self, moment: int) -> None:
        """Set the clock forward; raises ValueError where that would be backward."""
        if moment < (now := self.now()):
            raise ValueError(f"The clock stands at {now} and only moves forward: {moment} is past.")
        self.ahead += moment - now
        self._now = moment


def _real() -> int:
    return int(time.time())
