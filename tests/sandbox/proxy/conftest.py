"""A target that repeats what it hears, and a proxy before it."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from sandbox.proxy.server import Proxy
from sandbox.proxy.target import Target


class Echo(socketserver.BaseRequestHandler):
    """Repeats every piece as it comes, and remembers it."""

    heard: bytes = b""

    def handle(self) -> None:
        with suppress(ConnectionResetError):  # the proxy cuts
            while data := self.request.recv(65_536):
                Echo.heard += data
                self.request.sendall(data)


@pytest.fixture
def echo() -> Iterator[Target]:
    """Give a target that repeats what it hears."""
    Echo.heard = b""
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Target(port=server.server_address[1])
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo: Target) -> Iterator[Proxy]:
    """Give a proxy before the echo."""
    with Proxy(echo) as proxy:
        yield proxy


@pytest.fixture
def call(proxy: Proxy) -> Iterator[Callable[[], socket.socket]]:
    """Open connections through the proxy; they end with the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
        )
