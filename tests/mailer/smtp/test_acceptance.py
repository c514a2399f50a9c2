"""What happens when all goes well."""

from collections.abc import Callable

from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from sandbox.sink.session import Offer
from tests.mailer.smtp.conftest import MESSAGE, Connect, Listen, deliver

Misbehaving = Callable[..., Sink]


def test_a_message_arrives_as_it_was_given(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving()
    reply = deliver(connect(sink))
    (message,) = sink.accepted
    assert (reply.code, reply.enhanced, reply.text) == (250, "2.0.0", "taken")
    assert (message.sender, message.recipient) == ("list@example.org", "amira@example.org")
    assert message.message_id == "<one@example.org>"
    assert message.content == MESSAGE


def test_a_connection_takes_one_message_after_another(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving()
    connection = connect(sink)
    for number in range(20):
        deliver(connection, recipient=f"reader{number}@example.org")
    assert [m.recipient for m in sink.accepted] == [f"reader{n}@example.org" for n in range(20)]
    assert (connection.messages, sink.connections, connection.alive) == (20, 1, True)


def test_a_null_sender_may_send(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving()
    deliver(connect(sink), sender="")
    assert sink.accepted[0].sender == ""


def test_replies_that_come_byte_by_byte_are_read(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving(*(Rule(phase, "drip") for phase in ("connect", "ehlo", "mail", "dot")))
    assert deliver(connect(sink)).code == 250


def test_a_reply_of_several_lines_is_one_reply(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving(Rule("dot", "reply", "250-2.0.0 taken\r\n250-2.0.0 with\r\n250 2.0.0 joy"))
    assert deliver(connect(sink)).text == "taken with joy"


def test_a_251_for_the_recipient_is_a_yes(misbehaving: Misbehaving, connect: Connect) -> None:
    sink = misbehaving(Rule("rcpt", "reply", "251 will forward"))
    deliver(connect(sink))
    assert len(sink.accepted) == 1


def test_a_message_beyond_the_tail_arrives_whole(
    misbehaving: Misbehaving, connect: Connect
) -> None:
    sink = misbehaving()
    message = MESSAGE + b"..\r\n.dots\r\n" * 50_000
    deliver(connect(sink), message=message)
    assert sink.accepted[0].content == message


def test_mail_says_the_size_and_that_there_is_8_bit_text(listen: Listen, connect: Connect) -> None:
    sink = listen()
    deliver(connect(sink), message=MESSAGE + "Слова\r\n".encode())
    size = len(MESSAGE) + 12
    assert f"MAIL FROM:<list@example.org> SIZE={size} BODY=8BITMIME" in sink.heard


def test_an_address_beyond_ascii_goes_out_under_smtputf8(listen: Listen, connect: Connect) -> None:
    sink = listen()
    deliver(connect(sink), recipient="амира@example.org")
    assert sink.accepted[0].recipient == "амира@example.org"
    assert sink.heard[1].endswith(" SMTPUTF8")


def test_nothing_is_declared_to_a_relay_that_offers_nothing(
    listen: Listen, connect: Connect
) -> None:
    sink = listen(offer=Offer(()))
    deliver(connect(sink))
    assert "MAIL FROM:<list@example.org>" in sink.heard


def test_closing_says_quit(listen: Listen, connect: Connect) -> None:
    sink = listen()
    connection = connect(sink)
    connection.close()
    assert sink.heard == ["EHLO localhost", "QUIT"]
    assert not connection.alive


def test_closing_does_not_mind_a_relay_that_is_gone(listen: Listen, connect: Connect) -> None:
    sink = listen(Rule("quit", "drop"))
    connection = connect(sink)
    connection.close()
    assert connection.closed
