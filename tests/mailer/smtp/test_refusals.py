"""Definite answers: which failure, what it says, and whether the connection goes on."""

from collections.abc import Callable

import pytest

from mailer.smtp.failures import PermanentFailure, TemporaryFailure
from sandbox.sink.rules import Phase, Rule
from sandbox.sink.server import Sink
from sandbox.sink.session import Offer
from tests.mailer.smtp.conftest import MESSAGE, Connect, Listen, deliver

Misbehaving = Callable[..., Sink]
PHASES: list[Phase] = ["mail", "rcpt", "data", "dot"]
ONCE = (1,)


@pytest.mark.parametrize("phase", PHASES)
def test_a_4yz_is_temporary_and_the_connection_goes_on(
    misbehaving: Misbehaving, connect: Connect, phase: Phase
) -> None:
    sink = misbehaving(Rule(phase, "reply", "451 4.7.1 come back later", ordinals=ONCE))
    connection = connect(sink)
    with pytest.raises(TemporaryFailure) as caught:
        deliver(connection)
    assert (caught.value.code, caught.value.text) == ("4.7.1", "451 come back later")
    assert sink.accepted == []
    assert deliver(connection).code == 250


@pytest.mark.parametrize("phase", PHASES)
def test_a_5yz_is_permanent_and_the_connection_goes_on(
    misbehaving: Misbehaving, connect: Connect, phase: Phase
) -> None:
    sink = misbehaving(Rule(phase, "reply", "550 5.7.26 not you", ordinals=ONCE))
    connection = connect(sink)
    with pytest.raises(PermanentFailure) as caught:
        deliver(connection)
    assert (caught.value.code, caught.value.scope) == ("5.7.26", "policy")
    assert sink.accepted == []
    assert deliver(connection).code == 250


@pytest.mark.parametrize("phase", ["rcpt", "data", "dot"])
def test_a_421_about_the_message_is_temporary_and_ends_the_connection(
    misbehaving: Misbehaving, connect: Connect, phase: Phase
) -> None:
    sink = misbehaving(Rule(phase, "reply", "421 4.3.2 closing"))
    connection = connect(sink)
    with pytest.raises(TemporaryFailure, match=r"4\.3\.2"):
        deliver(connection)
    assert connection.closed
    assert sink.accepted == []


@pytest.mark.parametrize("phase", ["rcpt", "data"])
def test_a_refusal_stands_when_the_relay_fails_right_after_it(
    misbehaving: Misbehaving, connect: Connect, phase: Phase
) -> None:
    refusal = Rule(phase, "reply", "550 5.1.1 nobody here")
    sink = misbehaving(refusal, Rule("rset", "drop"))
    connection = connect(sink)
    with pytest.raises(PermanentFailure, match=r"5\.1\.1"):
        deliver(connection)
    assert connection.closed


def test_a_connection_ends_when_the_relay_does_not_take_the_envelope_back(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("rcpt", "reply", "450 later"), Rule("rset", "reply", "500 no"))
    connection = connect(sink)
    with pytest.raises(TemporaryFailure):
        deliver(connection)
    assert connection.closed


def test_a_refused_recipient_and_a_354_get_a_lone_dot(listen: Listen, connect: Connect) -> None:
    sink = listen(
        Rule("rcpt", "reply", "550 5.1.1 nobody", ordinals=ONCE),
        Rule("data", "reply", "354 go on", ordinals=ONCE),
    )
    connection = connect(sink)
    with pytest.raises(PermanentFailure, match=r"5\.1\.1"):
        deliver(connection)
    assert sink.accepted == []
    deliver(connection, recipient="boris@example.org")
    assert [m.recipient for m in sink.accepted] == ["boris@example.org"]


def test_no_dot_is_sent_when_only_the_sender_was_refused(listen: Listen, connect: Connect) -> None:
    sink = listen(Rule("mail", "reply", "451 4.1.8 who are you"), Rule("rcpt", "reply", "250 fine"))
    connection = connect(sink)
    with pytest.raises(TemporaryFailure, match=r"4\.1\.8") as caught:
        deliver(connection)
    assert caught.value.of_sender
    sink.stop()
    assert connection.closed
    assert sink.accepted == []


def test_a_refusal_of_the_sender_is_never_about_the_reader(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(Rule("mail", "reply", "550 5.1.1 no such user: list@example.org"))
    with pytest.raises(PermanentFailure) as caught:
        deliver(connect(sink))
    assert caught.value.scope == "policy"


def test_only_the_refused_recipient_is_refused(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving(Rule("rcpt", "reply", "550 5.1.1 nobody", recipient="boris@*"))
    connection = connect(sink)
    deliver(connection, recipient="amira@example.org")
    with pytest.raises(PermanentFailure) as caught:
        deliver(connection, recipient="boris@example.org")
    deliver(connection, recipient="chen@example.org")
    assert caught.value.scope == "address"
    assert [m.recipient for m in sink.accepted] == ["amira@example.org", "chen@example.org"]


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("amira@example.org\r\nDATA", "5.1.3"),
        ("amira@example.org\0", "5.1.3"),
        ("amira@example.org> SIZE=1", "5.1.3"),
        ("<amira@example.org", "5.1.3"),
        ("", "5.1.3"),
        ("\ud800@example.org", "5.1.3"),
        ("амира@example.org", "5.6.7"),
    ],
)
def test_an_address_that_cannot_stand_in_a_command_is_refused_here(
    listen: Listen, connect: Connect, recipient: str, code: str
) -> None:
    sink = listen(offer=Offer(("PIPELINING",)))
    connection = connect(sink)
    with pytest.raises(PermanentFailure) as caught:
        deliver(connection, recipient=recipient)
    assert (caught.value.code, caught.value.scope) == (code, "address")
    assert connection.alive
    assert sink.heard == ["EHLO localhost"]


@pytest.mark.parametrize("sender", ["list@example.org\r\n", "список@example.org"])
def test_a_bad_sender_is_our_fault(listen: Listen, connect: Connect, sender: str) -> None:
    sink = listen(offer=Offer(()))
    with pytest.raises(PermanentFailure) as caught:
        deliver(connect(sink), sender=sender)
    assert (caught.value.code, caught.value.scope) == ("5.1.7", "policy")
    assert sink.heard == ["EHLO localhost"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (MESSAGE * 2, "5.3.4"),
        ("Слова\r\n".encode(), "5.6.3"),
        (b"a bare\nline end\r\n", "5.6.0"),
        (b"a bare\rreturn\r\n", "5.6.0"),
    ],
)
def test_a_message_the_relay_cannot_take_is_refused_here(
    listen: Listen, connect: Connect, message: bytes, code: str
) -> None:
    sink = listen(offer=Offer(("PIPELINING", f"SIZE {len(MESSAGE)}")))
    connection = connect(sink)
    with pytest.raises(PermanentFailure) as caught:
        deliver(connection, message=message)
    assert (caught.value.code, caught.value.scope) == (code, "message")
    assert deliver(connection).code == 250


def test_a_message_of_exactly_the_size_is_taken(listen: Listen, connect: Connect) -> None:
    sink = listen(offer=Offer((f"SIZE {len(MESSAGE)}",)))
    assert deliver(connect(sink)).code == 250
