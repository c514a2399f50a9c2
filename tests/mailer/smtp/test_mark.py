"""The mark: `before_dot` comes before the message can be whole on the other side."""

from collections.abc import Callable
from typing import NoReturn

import pytest

from mailer.smtp.failures import TemporaryFailure
from sandbox.sink.server import Sink
from tests.mailer.smtp.conftest import MESSAGE, Connect, deliver

Misbehaving = Callable[..., Sink]
SIZES = [b"", MESSAGE, MESSAGE + b"Words.\r\n" * 20_000]


@pytest.mark.parametrize("message", SIZES, ids=len)
def test_nothing_is_accepted_while_the_mark_is_made(
    misbehaving: Misbehaving, connect: Connect, message: bytes
) -> None:
    sink = misbehaving()
    marks: list[int] = []

    def mark() -> None:
        with pytest.raises(TimeoutError):
            sink.wait_for(1, 0.2)
        marks.append(len(sink.accepted))

    deliver(connect(sink), message=message, before_dot=mark)
    assert marks == [0]
    assert sink.accepted[0].content == message


class DiskFull(Exception):
    """The mark could not be written."""


@pytest.mark.parametrize("message", SIZES, ids=len)
@pytest.mark.parametrize(
    "fault", [DiskFull(), TemporaryFailure("4.0.0", "odd"), KeyboardInterrupt()], ids=repr
)
def test_a_mark_that_fails_leaves_the_message_incomplete(
    misbehaving: Misbehaving, connect: Connect, fault: BaseException, message: bytes
) -> None:
    def mark() -> NoReturn:
        raise fault

    sink = misbehaving()
    connection = connect(sink)
    with pytest.raises(type(fault)) as caught:
        deliver(connection, message=message, before_dot=mark)
    assert caught.value is fault
    assert connection.closed
    sink.stop()
    assert sink.accepted == []


def test_no_mark_is_made_for_a_refused_envelope(misbehaving: Misbehaving, connect: Connect) -> None:
    connection = connect(misbehaving())
    marks: list[int] = []
    with pytest.raises(Exception, match=r"5\.1\.3"):
        deliver(connection, recipient="two@example.org\r\n", before_dot=lambda: marks.append(1))
    assert marks == []
