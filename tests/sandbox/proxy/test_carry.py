"""What passes through the proxy arrives whole and in order, later by the delay and no slower."""

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.proxy.server import Proxy
from sandbox.proxy.target import Target

Call = Callable[[], socket.socket]
MEGABYTES = os.urandom(2 * 1024 * 1024)


def read(stream: socket.socket, count: int) -> bytes:
    """Read that many bytes."""
    data = b""
    while len(data) < count and (piece := stream.recv(65_536)):
        data += piece
    return data


def there_and_back(stream: socket.socket, data: bytes) -> bytes:
    """Send all and read as much."""
    sender = threading.Thread(target=stream.sendall, args=(data,))
    sender.start()
    got = read(stream, len(data))
    sender.join()
    return got


def test_megabytes_arrive_as_they_were(call: Call) -> None:
    assert there_and_back(call(), MEGABYTES) == MEGABYTES


def test_each_way_takes_the_delay(echo: Target) -> None:
    with Proxy(echo, delay=0.05) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as stream:
            began = time.monotonic()
            assert there_and_back(stream, b"x") == b"x"
        assert time.monotonic() - began >= 0.1


def test_a_delay_does_not_limit_what_is_under_way(echo: Target) -> None:
    with Proxy(echo, delay=0.2) as proxy:
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as stream:
            began = time.monotonic()
            assert there_and_back(stream, MEGABYTES) == MEGABYTES
        # One piece at a time, 32 pieces and more would wait 0.4 s each.
        assert time.monotonic() - began < 32 * 0.4


def test_what_was_said_last_arrives_before_the_end(echo: Target, call: Call) -> None:
    stream = call()
    stream.sendall(MEGABYTES[:100_000])
    stream.shutdown(socket.SHUT_WR)
    assert read(stream, 10**9) == MEGABYTES[:100_000]


def test_where_nobody_answers_the_connection_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    # It may end before connect() has returned, which then says so itself.
    with (
        Proxy(Target(port=free)) as proxy,
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as stream,
    ):
        stream.recv(1)


@pytest.mark.parametrize("text", ["5432", "host:", "host:x", ":1", ""])
def test_a_target_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="host:port"):
        Target.parse(text)


def test_a_target_is_a_port_or_a_socket() -> None:
    assert Target.parse("127.0.0.1:5432") == Target("127.0.0.1", 5432)
    assert Target.parse("/run/x.sock") == Target(path=Path("/run/x.sock"))
