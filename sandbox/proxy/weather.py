"""What befalls connections on their way: a delay, silence, a cut."""

import asyncio
from dataclasses import dataclass, field


class Severed(Exception):
    """A connection was cut on purpose."""


@dataclass(slots=True)
class Cut:
    """Ends a connection each `every`th time that `words` leave for the target.

    `heard` tells whether the target still gets them: if so its answer is kept back, and the client
    cannot know whether what it asked for was done.
    """

    words: bytes
    every: int = 1
    heard: bool = True
    seen: int = 0
    made: int = 0

    def strikes(self, data: bytes) -> bool:
        """Count, and tell whether this piece is where the connection ends."""
        if self.words not in data:
            return False
        self.seen += 1
        strikes = self.seen % self.every == 0
        self.made += strikes
        return strikes


@dataclass(slots=True)
class Weather:
    """What the connections have in common: the delay each way in seconds, the gate, and the cut."""

    delay: float = 0.0
    cut: Cut | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)


class Passage:
    """One connection under the weather: it remembers whether an answer is to be kept back."""

    def __init__(self, weather: Weather) -> None:
        self._weather = weather
        self._severed = False

    def delay(self) -> float:
        """Return how long a piece is under way, in seconds."""
        return self._weather.delay

    def look_there(self, data: bytes) -> None:
        """See a piece that leaves for the target; raise Severed where the connection ends here."""
        cut = self._weather.cut
        if cut is not None and cut.strikes(data):
            if not cut.heard:
                raise Severed
            self._severed = True

    def look_back(self, _data: bytes) -> None:
        """See a piece that leaves for the client; raise Severed where it must not arrive."""
        if self._severed:
            raise Severed
