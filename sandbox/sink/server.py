"""The sink as a server: in a thread of a test, or as a process of its own."""

import asyncio
import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from sandbox import sockets
from sandbox.aside import Aside
from sandbox.sink.record import Accepted, Record
from sandbox.sink.rules import Rule, Script
from sandbox.sink.session import Desk, Offer, Session
from sandbox.sink.talk import Gone, Talk

HOST: Final = "127.0.0.1"
TURNS: Final = 5
"""How often the loop turns between a connection's accept and the start of its session, and more."""


class Server:
    """A listening socket and its sessions, inside a running event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sessions: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self._stopping = False

    async def start(self, host: str, port: int) -> int:
        """Listen and return the port, a free one for 0; OSError when it is taken."""
        tls = self._desk.offer.tls if self._desk.offer.implicit_tls else None
        self._server = await asyncio.start_server(self._meet, host, port, ssl=tls)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def stop(self) -> None:
        """Stop listening and reset every connection."""
        self._stopping = True
        await self._stop_listening()
        for task, writer in self._sessions.items():
            sockets.reset(writer)
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _stop_listening(self) -> None:
        if self._server is None:
            return
        # Closed at once, it would leave open the socket of a connection that it has half accepted.
        for listening in self._server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(TURNS):
            await asyncio.sleep(0)
        self._server.close()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._stopping:
            sockets.reset(writer)
            return
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._sessions[task] = writer
        task.add_done_callback(self._part)

    def _part(self, task: asyncio.Task[None]) -> None:
        # Here and not in the task: one that is cancelled before it began would leave its socket open.
        self._sessions.pop(task).close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(Gone, OSError):
            await Session(self._desk, Talk(reader, writer)).run()


class Sink:
    """A sink in a thread: `with Sink(rules=[..]) as sink: .. sink.port .. sink.accepted`.

    `rules` may be set while it runs. `record` is a file of JSON lines that is added to. The same
    object is started once; a sink that shall come back on its port is a new one with that `port`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        offer: Offer | None = None,
        rules: Iterable[Rule] = (),
        seed: int = 0,
        record: Path | None = None,
        keep_bytes: bool = False,
    ) -> None:
        self.port = port
        self._seed = seed
        self._record = Record(record, keep_bytes=keep_bytes)
        self._desk = Desk(offer or Offer(), self._record, Script(rules, seed))
        self._aside = Aside("sink", Server(self._desk))

    def __enter__(self) -> Self:
        self.port = self._aside.start(HOST, self.port)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Reset every connection and stop listening; to stop again does nothing."""
        self._aside.stop()
        self._record.close()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force; setting them starts their counters and dice again."""
        return self._desk.script.rules

    @rules.setter
    def rules(self, rules: Iterable[Rule]) -> None:
        self._desk.script = Script(rules, self._seed)

    @property
    def struck(self) -> int:
        """Return how often the rules in force have done more than delay."""
        return self._desk.script.struck

    @property
    def accepted(self) -> list[Accepted]:
        """Return what has been accepted so far."""
        return self._record.accepted

    @property
    def heard(self) -> list[str]:
        """Return the last thousand commands of all sessions."""
        return list(self._desk.heard)

    @property
    def connections(self) -> int:
        """Return how many connections there have been."""
        return self._desk.connections

    def wait_for(self, count: int, seconds: float) -> list[Accepted]:
        """Return what was accepted once it is `count` messages; TimeoutError when too late."""
        return self._record.wait_for(count, seconds)
