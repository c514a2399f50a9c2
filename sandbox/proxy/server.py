"""The proxy as a server: in a thread of a test, or as a process of its own."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Self

from sandbox.proxy.line import Line
from sandbox.proxy.target import Target
from sandbox.proxy.weather import Cut, Passage, Weather

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 10
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER for no time: the peer gets a reset, as from a machine that fell over."""

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
                _reset(end)

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
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._thread = threading.Thread(target=self._main, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._loop, self._end, self.port = self._ready.result(START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Reset every connection and stop listening; to stop again does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    def silence(self) -> None:
        """Carry nothing more and close nothing: what a pulled cable looks like from both ends."""
        self._do(self._weather.gate.clear)

    def resume(self) -> None:
        """Carry again, first what has waited."""
        self._do(self._weather.gate.set)

    def cut_all(self) -> None:
        """Reset every connection there is now; new ones are taken."""
        self._do(self._server.cut_all)

    def cut_at(self, cut: Cut | None) -> None:
        """Cut connections at certain words from now on, or no more."""
        self._weather.cut = cut

    def _do(self, what: Callable[[], None]) -> None:
        done: Future[None] = Future()

        def act() -> None:
            what()
            done.set_result(None)

        self._loop.call_soon_threadsafe(act)
        done.result(START_SECONDS)

    def _main(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        end = asyncio.Event()
        try:
            port = await self._server.start(self.host, self.port)
        except OSError as fault:
            self._ready.set_exception(fault)
            return
        self._ready.set_result((asyncio.get_running_loop(), end, port))
        await end.wait()
        await self._server.stop()


def _reset(writer: asyncio.StreamWriter) -> None:
    stream = writer.get_extra_info("socket")
    if stream is not None and stream.family != socket.AF_UNIX:
        with contextlib.suppress(OSError):
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    writer.transport.abort()
