"""No answer: before the dot it is NotSent, after it Uncertain, and the connection is closed."""

from collections.abc import Callable

import pytest

from mailer.smtp.failures import NotSent, Uncertain
from sandbox.sink.rules import Action, Phase, Rule
from sandbox.sink.server import Sink
from tests.mailer.smtp.conftest import MESSAGE, Connect, Listen, deliver

Misbehaving = Callable[..., Sink]

FAULTS: list[tuple[Action, str]] = [
    ("drop", ""),
    ("stall", ""),
    ("endless", ""),
    ("endless", "250 and no line end "),
    ("reply", "What do you want?"),
    ("reply", "999 no such class"),
    ("reply", "220 answers another question"),
    ("reply", "250-two\r\n550 minds"),
    ("reply", "\x00\xff\xfe"),
    ("reply", ""),
]
LOSING_FAULTS = [fault for fault in FAULTS if not (fault[0] == "reply" and fault[1][:1] == "2")]
"""All but those that begin with 2: a sink keeps what it says 2yz to."""
BULK = MESSAGE + b"Many words.\r\n" * 1_500_000
"""More than two kernels hold for each other."""


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_a_fault_in_the_envelope_means_not_sent(
    misbehaving: Misbehaving, connect: Connect, phase: Phase, fault: tuple[Action, str]
) -> None:
    sink = misbehaving(Rule(phase, *fault))
    connection = connect(sink)
    marks: list[int] = []
    with pytest.raises(NotSent):
        deliver(connection, before_dot=lambda: marks.append(1))
    assert connection.closed
    assert (sink.accepted, marks) == ([], [])


@pytest.mark.parametrize(
    ("fault", "keep"),
    [(fault, True) for fault in FAULTS] + [(fault, False) for fault in LOSING_FAULTS],
    ids=repr,
)
def test_a_fault_after_the_dot_is_uncertain(
    misbehaving: Misbehaving, connect: Connect, fault: tuple[Action, str], *, keep: bool
) -> None:
    action, text = fault
    sink = misbehaving(Rule("dot", action, text, keep=keep))
    connection = connect(sink)
    with pytest.raises(Uncertain):
        deliver(connection)
    assert connection.closed
    assert len(sink.accepted) == keep


def test_a_354_after_the_dot_is_uncertain(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving(Rule("dot", "reply", "354 go on", keep=True))
    with pytest.raises(Uncertain, match="354"):
        deliver(connect(sink))


def test_a_421_to_mail_means_not_sent(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving(Rule("mail", "reply", "421 4.4.2 idle for too long"))
    connection = connect(sink)
    with pytest.raises(NotSent, match="421"):
        deliver(connection)
    assert connection.closed


def test_a_reply_cannot_be_stretched_by_dripping(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("dot", "drip", seconds=0.1))
    with pytest.raises(Uncertain, match="in time"):
        deliver(connect(sink))


@pytest.mark.parametrize("action", ["drop", "stall"])
def test_a_relay_that_stops_reading_leaves_a_long_message_unsent(
    misbehaving: Misbehaving, connect: Connect, action: Action
) -> None:
    rule = Rule("content", "drop") if action == "drop" else Rule("content", "delay", seconds=60)
    sink = misbehaving(rule)
    marks: list[int] = []
    connection = connect(sink)
    with pytest.raises(NotSent):
        deliver(connection, message=BULK, before_dot=lambda: marks.append(1))
    assert connection.closed
    assert (sink.accepted, marks) == ([], [])


def test_a_connection_that_breaks_as_the_dot_is_handed_over_has_not_sent_it(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving()
    connection = connect(sink)
    with pytest.raises(NotSent):
        deliver(connection, before_dot=sink.stop)
    assert sink.accepted == []


def test_a_reply_that_comes_before_the_dot_is_not_taken_for_the_verdict(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("data", "reply", "354 go on\r\n250 2.0.0 taken"))
    connection = connect(sink)
    with pytest.raises(NotSent, match="before the message was complete"):
        deliver(connection)
    sink.stop()
    assert sink.accepted == []


def test_a_reply_too_many_makes_the_connection_unfit(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("dot", "reply", "250 taken\r\n250 taken again"))
    connection = connect(sink)
    deliver(connection)
    assert not connection.alive
    with pytest.raises(NotSent):
        deliver(connection)
    assert len(sink.accepted) == 1


def test_a_relay_that_left_meanwhile_is_noticed_before_anything_is_written(
    listen: Listen, connect: Connect
) -> None:
    sink = listen()
    connection = connect(sink)
    deliver(connection)
    sink.stop()
    assert not connection.alive
    with pytest.raises(NotSent, match="before the message was begun"):
        deliver(connection)
    assert connection.messages == 1


def test_a_closed_connection_sends_nothing(listen: Listen, connect: Connect) -> None:
    connection = connect(listen())
    connection.close()
    with pytest.raises(NotSent):
        deliver(connection)
