"""One direction of a connection: what is read now is written `delay` later, however much is under way."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final

READ_BYTES: Final = 65_536
FLIGHT_BYTES: Final = 16 * 1024 * 1024
"""How much may be under way: what a link of 10 Gbit/s and 13 ms holds. Beyond, reading waits."""


class Line:
    """Carries bytes from a reader to a writer.

    Each piece leaves at the time it came plus `delay()` seconds, so that a delay costs time and not
    throughput. `hold` is awaited before a piece leaves: a gate that is shut keeps all that follows.
    `look` sees each piece when it leaves; what it raises ends the line.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        delay: Callable[[], float],
        gate: asyncio.Event,
        look: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self._reader, self._writer = reader, writer
        self._delay, self._gate, self._look = delay, gate, look
        self._flight: deque[tuple[float, bytes]] = deque()
        self._bytes = 0
        self._changed = asyncio.Condition()

    async def run(self) -> None:
        """Carry until the reader ends, then end the writer's side; OSError where a side is gone."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._take())
            both.create_task(self._give())

    async def _take(self) -> None:
        data = b"-"
        while data:
            data = await self._reader.read(READ_BYTES)
            async with self._changed:
                await self._changed.wait_for(lambda: self._bytes < FLIGHT_BYTES)
                self._flight.append((monotonic() + self._delay(), data))
                self._bytes += len(data)
                self._changed.notify_all()

    async def _give(self) -> None:
        while data := await self._next():
            self._look(data)
            self._writer.write(data)
            await self._writer.drain()
        self._writer.write_eof()

    async def _next(self) -> bytes:
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._flight))
            due, data = self._flight.popleft()
            self._bytes -= len(data)
            self._changed.notify_all()
        await asyncio.sleep(max(0.0, due - monotonic()))
        await self._gate.wait()
        return data
