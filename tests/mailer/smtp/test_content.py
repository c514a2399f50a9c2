"""Dots: a message comes out of the other end as it went in, and ends only where it ends."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.smtp import content
from mailer.smtp.connection import Connection
from mailer.smtp.failures import PermanentFailure
from mailer.smtp.relay import Relay
from sandbox.sink.server import Sink
from tests.mailer.smtp.conftest import deliver

LINES = st.sampled_from([b"", b".", b"..", b". ", b".x", b"QUIT"]) | st.binary().map(
    lambda line: line.replace(b"\r", b".").replace(b"\n", b".")
)
MESSAGES = st.lists(LINES).map(b"\r\n".join)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Sink, Connection]]:
    """One sink and one connection for many messages."""
    with Sink(keep_bytes=True) as sink:
        relay = Relay.parse(f"smtp://127.0.0.1:{sink.port}")
        with Connection.open(relay, timeout=5, dot_timeout=5, hello="localhost") as connection:
            yield sink, connection


@given(message=MESSAGES)
@example(message=b"")
@example(message=b".")
@example(message=b".\r\n")
@example(message=b"\r\n.\r\n.\r\n..\r\n")
def test_a_message_of_dots_arrives_as_it_was_given(
    pair: tuple[Sink, Connection], message: bytes
) -> None:
    sink, connection = pair
    deliver(connection, message=message)
    end = b"" if not message or message.endswith(b"\r\n") else b"\r\n"
    assert sink.accepted[-1].content == message + end


@given(message=MESSAGES, times=st.integers(1, 3000))
@example(message=b".\r\n", times=6000)
def test_nothing_ends_the_message_before_its_last_byte(message: bytes, times: int) -> None:
    ahead, rest = content.halves(content.Content.of((message + b"\r\n") * times))
    whole = b"\r\n" + ahead + rest
    assert whole.find(b"\r\n.\r\n") == len(whole) - 5
    assert rest.endswith(b".\r\n")


def test_a_short_message_leaves_in_one_write() -> None:
    assert content.halves(content.Content.of(b"Words.\r\n" * 1000))[0] == b""


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"x"])).map(b"".join))
def test_only_whole_line_ends_are_taken(message: bytes) -> None:
    rest = message.replace(b"\r\n", b"")
    if b"\r" in rest or b"\n" in rest:
        with pytest.raises(PermanentFailure, match=r"5\.6\.0"):
            content.check(message)
    else:
        content.check(message)
