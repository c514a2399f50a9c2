"""The bytes themselves: what goes in one write, against a relay of canned replies."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Protocol

import pytest

from mailer.smtp.connection import Connection
from mailer.smtp.failures import TemporaryFailure
from mailer.smtp.replies import Extensions
from mailer.smtp.wire import Wire
from tests.mailer.smtp.conftest import MESSAGE, TIMEOUT, deliver

PIPELINING = Extensions(frozenset({"PIPELINING"}))
MAIL = b"MAIL FROM:<list@example.org>\r\n"
RCPT = b"RCPT TO:<amira@example.org>\r\n"


class Canned(Protocol):
    """Makes a connection to a relay that answers each read with the next reply."""

    def __call__(
        self, extensions: Extensions, *replies: bytes
    ) -> tuple[Connection, Future[list[bytes]]]: ...


@pytest.fixture
def canned() -> Iterator[Canned]:
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor())

        def start(
            extensions: Extensions, *replies: bytes
        ) -> tuple[Connection, Future[list[bytes]]]:
            ours, theirs = map(stack.enter_context, socket.socketpair())
            theirs.settimeout(5)

            def answer() -> list[bytes]:
                reads = []
                for reply in replies:
                    reads.append(theirs.recv(65536))
                    theirs.sendall(reply)
                return reads

            made = Connection(Wire(ours), extensions, timeout=TIMEOUT, dot_timeout=TIMEOUT)
            return made, pool.submit(answer)

        yield start


def test_a_pipelining_relay_gets_the_envelope_in_one_write(canned: Canned) -> None:
    yes = b"250 ok\r\n250 ok\r\n354 go on\r\n"
    connection, reads = canned(PIPELINING, yes, b"250 taken\r\n")
    deliver(connection)
    assert reads.result(5) == [MAIL + RCPT + b"DATA\r\n", MESSAGE + b".\r\n"]


def test_another_relay_gets_one_command_at_a_time(canned: Canned) -> None:
    yes = b"250 ok\r\n"
    connection, reads = canned(Extensions(), yes, yes, b"354 go on\r\n", yes)
    deliver(connection)
    assert reads.result(5) == [MAIL, RCPT, b"DATA\r\n", MESSAGE + b".\r\n"]


def test_a_relay_that_says_421_is_left_even_if_it_stays(canned: Canned) -> None:
    yes = b"250 ok\r\n"
    connection, _ = canned(Extensions(), yes, b"421 4.3.2 closing\r\n", yes)
    with pytest.raises(TemporaryFailure):
        deliver(connection)
    assert connection.closed
