"""An asyncio server in a thread of its own, so that a test can stand beside it."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Protocol

START_SECONDS: Final = 10


class Listening(Protocol):
    """What can be run aside."""

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port, a free one for 0; OSError when it is taken."""

    async def stop(self) -> None:
        """Stop listening and reset every connection."""


class Aside:
    """A server's thread, started once; the thread ends with the server."""

    def __init__(self, name: str, server: Listening) -> None:
        self._server = server
        self._ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()
        self._name = name

    def start(self, host: str, port: int) -> int:
        """Start, and return the port that it listens on; OSError when it is taken."""
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(host, port)), name=self._name, daemon=True
        )
        self._thread.start()
        self._loop, self._end, found = self._ready.result(START_SECONDS)
        return found

    def stop(self) -> None:
        """Stop the server; to stop again does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    def do(self, what: Callable[[], None]) -> None:
        """Have the server's thread do it, and return when it is done."""
        done: Future[None] = Future()

        def act() -> None:
            what()
            done.set_result(None)

        self._loop.call_soon_threadsafe(act)
        done.result(START_SECONDS)

    async def _serve(self, host: str, port: int) -> None:
        end = asyncio.Event()
        try:
            found = await self._server.start(host, port)
        except OSError as fault:
            self._ready.set_exception(fault)
            return
        self._ready.set_result((asyncio.get_running_loop(), end, found))
        await end.wait()
        await self._server.stop()
