"""The proxy as a server: in a thread of a test, or as a process of its own."""

import asyncio
from typing import Final, Self

from sandbox import sockets
from sandbox.aside import Aside
from sandbox.proxy.line import Line
from sandbox.proxy.target import Target
from sandbox.proxy.weather import Cut, Passage, Weather

HOST: Final = "127.0.0.1"

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Server:
    """A listening socket and what passes through it, inside a running event loop."""

    def __init__(self, target: Target, weather: Weather) -> None:
        self._target, self._weather = target, weather
        self._passing: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port, a free one for 0; OSError when it is taken."""
        self._server = await asyncio.start_server(self._meet, host, port)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        """Stop listening and reset every connection."""
        if self._server is not None:
            self._server.close()
        self.cut_all()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def cut_all(self) -> None:
        """Reset every connection there is now."""
        for task in self._passing:
            task.cancel()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._pass(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            away, towards = await self._target.open()
            ends.append(towards)
            await self._carry(Passage(self._weather), (reader, writer), (away, towards))
            for end in ends:
                end.close()
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            for end in ends:
                sockets.reset(end)

    async def _carry(self, passage: Passage, near: Ends, far: Ends) -> None:
        gate = self._weather.gate
        there = Line(near[0], far[1], delay=passage.delay, gate=gate, look=passage.look_there)
        back = Line(far[0], near[1], delay=passage.delay, gate=gate, look=passage.look_back)
        async with asyncio.TaskGroup() as both:
            both.create_task(there.run())
            both.create_task(back.run())


class Proxy:
    """A proxy in a thread: `with Proxy(Target(port=5432)) as proxy: .. proxy.port .. proxy.silence()`."""

    def __init__(
        self, target: Target, *, host: str = HOST, port: int = 0, delay: float = 0
    ) -> None:
        self.host, self.port = host, port
        self._weather = Weather(delay=delay)
        self._weather.gate.set()
        self._server = Server(target, self._weather)
        self._aside = Aside("proxy", self._server)

    def __enter__(self) -> Self:
        self.port = self._aside.start(self.host, self.port)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Reset every connection and stop listening; to stop again does nothing."""
        self._aside.stop()

    def silence(self) -> None:
        """Carry nothing more and close nothing: what a pulled cable looks like from both ends."""
        self._aside.do(self._weather.gate.clear)

    def resume(self) -> None:
        """Carry again, first what has waited."""
        self._aside.do(self._weather.gate.set)

    def cut_all(self) -> None:
        """Reset every connection there is now; new ones are taken."""
        self._aside.do(self._server.cut_all)

    def cut_at(self, cut: Cut | None) -> None:
        """Cut connections at certain words from now on, or no more."""
        self._weather.cut = cut
