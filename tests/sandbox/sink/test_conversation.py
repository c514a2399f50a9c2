"""The sink as a mail server, met by the client of the standard library."""

import smtplib
import socket
import ssl
import struct
from collections.abc import Iterator

import pytest

from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from sandbox.sink.session import Offer

MESSAGE = b"Subject: A new release\r\nMessage-ID: <one@example.org>\r\n\r\n.Words.\r\n"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink(keep_bytes=True) as sink:
        yield sink


@pytest.fixture
def client(sink: Sink) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        yield client


def test_a_message_is_recorded_once_for_each_recipient(sink: Sink, client: smtplib.SMTP) -> None:
    readers = ["amira@example.org", "boris@example.org"]
    client.sendmail("list@example.org", readers, MESSAGE)
    assert [m.recipient for m in sink.accepted] == readers
    assert {m.message_id for m in sink.accepted} == {"<one@example.org>"}
    assert {m.content for m in sink.accepted} == {MESSAGE}


def test_the_offer_is_announced(client: smtplib.SMTP) -> None:
    client.ehlo()
    assert client.esmtp_features == {
        "pipelining": "",
        "8bitmime": "",
        "smtputf8": "",
        "size": "67108864",
    }


def test_no_message_is_taken_without_a_recipient(sink: Sink, client: smtplib.SMTP) -> None:
    client.ehlo()
    assert client.docmd("DATA")[0] == 554
    assert client.rcpt("amira@example.org")[0] == 503
    assert client.mail("list@example.org")[0] == 250
    assert client.docmd("DATA")[0] == 554
    assert sink.accepted == []


def test_a_reset_forgets_the_envelope(client: smtplib.SMTP) -> None:
    client.ehlo()
    client.mail("list@example.org")
    client.rcpt("amira@example.org")
    assert client.rset()[0] == 250
    assert client.docmd("DATA")[0] == 554


def test_what_is_no_command_is_refused(client: smtplib.SMTP) -> None:
    assert client.docmd("HELP")[0] == 500
    assert client.noop()[0] == 250


def test_users_sign_in_with_their_password() -> None:
    with (
        Sink(offer=Offer(users={"mailer": "hush"})) as sink,
        smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client,
    ):
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("mailer", "wrong")
        assert client.login("mailer", "hush")[0] == 235


def test_tls_is_refused_where_there_is_none(client: smtplib.SMTP) -> None:
    client.ehlo()
    assert client.docmd("STARTTLS")[0] == 502
    with pytest.raises(smtplib.SMTPNotSupportedError):
        client.starttls(context=ssl.create_default_context())


def test_rules_may_change_while_it_runs(sink: Sink, client: smtplib.SMTP) -> None:
    client.sendmail("list@example.org", "amira@example.org", MESSAGE)
    sink.rules = (Rule("dot", "reply", "452 4.3.1 full"),)
    with pytest.raises(smtplib.SMTPDataError):
        client.sendmail("list@example.org", "amira@example.org", MESSAGE)
    sink.rules = ()
    client.sendmail("list@example.org", "amira@example.org", MESSAGE)
    assert len(sink.accepted) == 2


def test_a_delay_holds_the_reply_back_and_no_more(sink: Sink, client: smtplib.SMTP) -> None:
    sink.rules = (Rule("mail", "delay", seconds=0.2), Rule("mail", "reply", "450 later"))
    client.ehlo()
    assert client.sock is not None
    client.sock.settimeout(0.05)
    client.putcmd("MAIL", "FROM:<list@example.org>")
    with pytest.raises(TimeoutError):
        client.sock.recv(100)
    client.sock.settimeout(5)
    assert client.sock.recv(100) == b"450 later\r\n"


def test_stopping_resets_connections(sink: Sink) -> None:
    with socket.create_connection(("127.0.0.1", sink.port), 5) as stream:
        assert stream.recv(100).startswith(b"220 ")
        sink.stop()
        with pytest.raises(ConnectionResetError):
            stream.recv(100)


def test_a_sink_comes_back_on_its_port(sink: Sink) -> None:
    with socket.create_connection(("127.0.0.1", sink.port), 5):
        sink.stop()
    with (
        Sink(port=sink.port) as second,
        smtplib.SMTP("127.0.0.1", second.port, timeout=5) as client,
    ):
        assert client.noop()[0] == 250


def test_a_port_in_use_is_said(sink: Sink) -> None:
    with pytest.raises(OSError, match="in use"), Sink(port=sink.port):
        pass


def test_a_client_that_falls_over_is_nobody_elses_business(sink: Sink) -> None:
    with socket.create_connection(("127.0.0.1", sink.port), 5) as stream:
        stream.sendall(b"EHLO x\r\nMAIL FROM:<a@example.org>\r\n")
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        client.sendmail("list@example.org", "amira@example.org", MESSAGE)
    assert len(sink.accepted) == 1
