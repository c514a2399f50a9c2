"""The next envelope behind the dot: one write for each message, and never two of them in doubt."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.smtp.connection import Connection, Parcel
from mailer.smtp.content import Content
from mailer.smtp.failures import Failure, NotSent, PermanentFailure, TemporaryFailure, Uncertain
from mailer.smtp.relay import Relay
from mailer.smtp.replies import Extensions
from mailer.smtp.wire import Wire
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from sandbox.sink.session import Offer
from tests.mailer.smtp.conftest import MESSAGE, Connect, Listen

Misbehaving = Callable[..., Sink]
DOTS = Content.of(MESSAGE + b"..\r\n.dots\r\n")


def parcels(count: int) -> list[Parcel]:
    return [Parcel("list@example.org", f"reader{n}@example.org", DOTS) for n in range(count)]


def stream(connection: Connection, line: Sequence[Parcel]) -> list[str]:
    """Send one behind the other until the connection ends; return what became of each."""
    fates = []
    for parcel, behind in zip(line, [*line[1:], None], strict=True):
        try:
            connection.send(parcel, before_dot=lambda: None, behind=behind)
        except Failure as failure:
            fates.append(type(failure).__name__)
        else:
            fates.append("accepted")
    return fates


def test_each_message_arrives_once_as_it_was_given(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving()
    line = parcels(20)
    assert stream(connect(sink), line) == ["accepted"] * 20
    assert [m.recipient for m in sink.accepted] == [p.recipient for p in line]
    assert {m.content for m in sink.accepted} == {DOTS.message}


def test_the_envelope_travels_before_the_answer_to_the_dot() -> None:
    first, second = parcels(2)
    with relay_that_waits_for_two_envelopes() as connection:
        reply = connection.send(first, before_dot=lambda: None, behind=second)
    assert reply.code == 250


@contextmanager
def relay_that_waits_for_two_envelopes() -> Iterator[Connection]:
    """Give a connection to a relay that answers a dot only once the next DATA is there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_wait_for_two_envelopes, args=(server,))
        thread.start()
        relay = Relay.parse(f"smtp://127.0.0.1:{server.getsockname()[1]}")
        with Connection.open(relay, timeout=5, dot_timeout=5, hello="localhost") as connection:
            yield connection
        thread.join()


def _wait_for_two_envelopes(server: socket.socket) -> None:
    stream, _ = server.accept()
    with stream, stream.makefile("rb") as lines:
        stream.sendall(b"220 hello\r\n")
        for said in (b"250-relay\r\n250 PIPELINING\r\n", b"250 ok\r\n250 ok\r\n354 go\r\n"):
            while not lines.readline().startswith((b"EHLO", b"DATA")):
                pass
            stream.sendall(said)
        while not lines.readline().startswith(b"DATA"):
            pass
        stream.sendall(b"250 taken\r\n")


def test_a_relay_without_pipelining_hears_each_envelope_in_its_turn(
    listen: Listen, connect: Connect
) -> None:
    sink = listen(offer=Offer(Offer().extensions[1:]))
    assert stream(connect(sink), parcels(3)) == ["accepted"] * 3


def test_a_refused_message_does_not_hold_up_the_one_behind_it(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("dot", "reply", "451 4.3.0 later", ordinals=(1,)))
    fates = stream(connect(sink), parcels(3))
    assert fates == ["TemporaryFailure", "accepted", "accepted"]


def test_a_refused_recipient_behind_a_dot_is_refused_alone(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("rcpt", "reply", "550 5.1.1 nobody", recipient="reader1@example.org"))
    fates = stream(connect(sink), parcels(4))
    assert fates == ["accepted", "PermanentFailure", "accepted", "accepted"]
    assert "reader1@example.org" not in [m.recipient for m in sink.accepted]


def test_a_drop_after_the_dot_leaves_one_in_doubt_and_the_next_unsent(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("dot", "drop", ordinals=(1,)))
    connection = connect(sink)
    assert stream(connection, parcels(3)) == ["Uncertain", "NotSent", "NotSent"]
    assert connection.closed


def test_a_421_to_the_dot_ends_the_session_and_the_next_is_unsent(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("dot", "reply", "421 4.3.2 closing", ordinals=(1,)))
    assert stream(connect(sink), parcels(2)) == ["TemporaryFailure", "NotSent"]


def test_another_message_than_the_announced_one_ends_the_connection(
    listen: Listen, connect: Connect
) -> None:
    sink = listen()
    connection = connect(sink)
    first, second, third = parcels(3)
    connection.send(first, before_dot=lambda: None, behind=second)
    with pytest.raises(NotSent):
        connection.send(third, before_dot=lambda: None)
    assert connection.closed
    assert [m.recipient for m in sink.accepted] == ["reader0@example.org"]


def test_an_announced_message_that_is_never_sent_is_not_sent(
    listen: Listen, connect: Connect
) -> None:
    sink = listen()
    connection = connect(sink)
    first, second = parcels(2)
    connection.send(first, before_dot=lambda: None, behind=second)
    connection.close()
    assert [m.recipient for m in sink.accepted] == ["reader0@example.org"]


def test_a_message_that_cannot_be_announced_is_refused_in_its_own_turn(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving()
    good, bad, last = parcels(3)
    bad = Parcel(bad.sender, "two words@example.org", DOTS)
    fates = stream(connect(sink), [good, bad, last])
    assert fates == ["accepted", "PermanentFailure", "accepted"]


def test_a_mark_that_cannot_be_made_ends_the_connection_before_the_dot(
    listen: Listen, connect: Connect
) -> None:
    sink = listen()
    connection = connect(sink)

    def full() -> None:
        raise OSError("no space left")

    first, second = parcels(2)
    with pytest.raises(OSError, match="no space"):
        connection.send(first, before_dot=full, behind=second)
    assert connection.closed
    assert not sink.accepted


FATES = {
    "250 2.0.0 taken": "accepted",
    "451 4.3.0 later": TemporaryFailure.__name__,
    "550 5.7.1 no": PermanentFailure.__name__,
}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(answers=st.lists(st.sampled_from(sorted(FATES)), min_size=1, max_size=8))
def test_each_message_hears_its_own_verdict(
    listen: Listen, connect: Connect, answers: list[str]
) -> None:
    line = parcels(len(answers))
    rules = [
        Rule("dot", "reply", answer, recipient=parcel.recipient)
        for answer, parcel in zip(answers, line, strict=True)
    ]
    assert stream(connect(listen(*rules)), line) == [FATES[answer] for answer in answers]


def test_no_answer_in_time_is_a_doubt_about_one_message(listen: Listen, connect: Connect) -> None:
    sink = listen(Rule("dot", "stall", ordinals=(1,)))
    connection = connect(sink)
    first, second = parcels(2)
    with pytest.raises(Uncertain):
        connection.send(first, before_dot=lambda: None, behind=second)
    assert connection.closed


@pytest.mark.parametrize(("behind", "fate"), [(True, Uncertain), (False, NotSent)])
def test_a_write_that_breaks_off_is_a_doubt_where_an_envelope_stood_behind_the_dot(
    *, behind: bool, fate: type[Failure]
) -> None:
    first, second = parcels(2)
    large = Parcel(first.sender, first.recipient, Content.of(b"x" * 70 + b"\r\n" * 25_000))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        relay = threading.Thread(target=_say_go_and_read_no_more, args=(theirs,))
        relay.start()
        offer = Extensions(frozenset({"PIPELINING"}))
        connection = Connection(Wire(ours), offer, timeout=0.2, dot_timeout=0.2)
        with pytest.raises(fate):
            connection.send(large, before_dot=lambda: None, behind=second if behind else None)
        relay.join()
    assert connection.closed


def _say_go_and_read_no_more(stream: socket.socket) -> None:
    heard = b""
    while b"DATA" not in heard:
        heard += stream.recv(500)
    stream.sendall(b"250 ok\r\n250 ok\r\n354 go\r\n")
