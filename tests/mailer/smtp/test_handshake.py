"""Opening: what the relay may do to us before there is any message."""

import socket
from base64 import b64encode
from collections.abc import Callable

import pytest

from mailer.smtp.connection import Connection
from mailer.smtp.failures import RelayAway
from mailer.smtp.relay import Relay
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from sandbox.sink.session import Offer
from tests.mailer.smtp.conftest import TIMEOUT, Certificate, Connect, Listen, deliver

Certify = Callable[[str], Certificate]
USERS = {"mailer": "pass word"}
SIGN_IN = "mailer:pass%20word@127.0.0.1"
ELSEWHERE = "0.0.0.0"  # noqa: S104 - reaches loopback, and is not called loopback


@pytest.mark.parametrize(
    "rule",
    [
        Rule("connect", "reply", "554 5.3.2 no service"),
        Rule("connect", "reply", "421 4.3.2 busy"),
        Rule("connect", "reply", "Welcome!"),
        Rule("connect", "drop"),
        Rule("connect", "stall"),
        Rule("connect", "endless"),
        Rule("ehlo", "reply", "421 4.3.2 busy"),
        Rule("ehlo", "reply", "354 what"),
        Rule("ehlo", "drop"),
        Rule("ehlo", "stall"),
        Rule("ehlo", "endless"),
    ],
    ids=repr,
)
def test_a_relay_that_does_not_greet_is_away(listen: Listen, connect: Connect, rule: Rule) -> None:
    with pytest.raises(RelayAway):
        connect(listen(rule))


def test_a_port_where_nobody_listens_is_away(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    with pytest.raises(RelayAway, match=rf"Cannot connect to 127\.0\.0\.1 port {port} "):
        connect(Sink(port=port))


def test_a_name_that_does_not_exist_is_away() -> None:
    relay = Relay.parse("smtp://mail.invalid")
    with pytest.raises(RelayAway, match=r"Cannot connect to mail\.invalid port 25 "):
        Connection.open(relay, timeout=TIMEOUT, dot_timeout=TIMEOUT, hello="localhost")


def test_a_relay_of_the_old_kind_is_greeted_with_helo(listen: Listen, connect: Connect) -> None:
    sink = listen(Rule("ehlo", "reply", "502 5.5.1 what is EHLO"))
    connection = connect(sink)
    assert "PIPELINING" not in connection.extensions
    assert deliver(connection).code == 250
    assert sink.heard[:3] == ["EHLO localhost", "HELO localhost", "MAIL FROM:<list@example.org>"]


def test_a_relay_that_takes_neither_greeting_is_away(listen: Listen, connect: Connect) -> None:
    with pytest.raises(RelayAway, match="550"):
        connect(listen(Rule("ehlo", "reply", "550 no"), Rule("helo", "reply", "550 no")))


def test_the_url_may_give_our_name(listen: Listen, connect: Connect) -> None:
    sink = listen()
    connect(sink, "?hello=news.example.org")
    assert sink.heard == ["EHLO news.example.org"]


def test_a_name_with_a_line_end_is_never_said(listen: Listen) -> None:
    sink = listen()
    relay = Relay.parse(f"smtp://127.0.0.1:{sink.port}")
    with pytest.raises(ValueError, match="host name"):
        Connection.open(relay, timeout=TIMEOUT, dot_timeout=TIMEOUT, hello="me\r\nQUIT")
    assert sink.connections == 0


def test_what_the_relay_offers_is_known(listen: Listen, connect: Connect) -> None:
    offer = Offer(("Pipelining", "SIZE 1000", "8bitmime"), users=USERS)
    extensions = connect(listen(offer=offer)).extensions
    assert "PIPELINING" in extensions
    assert "8BITMIME" in extensions
    assert "SMTPUTF8" not in extensions
    assert (extensions.size, sorted(extensions.mechanisms)) == (1000, ["LOGIN", "PLAIN"])


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp", False), ("smtps", True)])
def test_mail_goes_under_tls(
    listen: Listen, connect: Connect, certify: Certify, scheme: str, *, implicit: bool
) -> None:
    ours = certify("127.0.0.1")
    sink = listen(offer=Offer(tls=ours.context, implicit_tls=implicit))
    options = f"?ca={ours.ca}" + ("" if implicit else "&starttls=required")
    connection = connect(sink, options, scheme=scheme)
    for _ in range(3):
        deliver(connection, message=b"Words.\r\n" * 20_000)
    assert len(sink.accepted) == 3
    assert connection.alive
    assert ("STARTTLS" in sink.heard) is not implicit


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp", False), ("smtps", True)])
@pytest.mark.parametrize("trusted", ["by nobody", "for another name"])
def test_a_relay_that_cannot_prove_its_name_is_away(
    listen: Listen, connect: Connect, certify: Certify, scheme: str, trusted: str, *, implicit: bool
) -> None:
    ours = certify("127.0.0.1" if trusted == "by nobody" else "127.0.0.2")
    ca = certify("127.0.0.1").ca if trusted == "by nobody" else ours.ca
    sink = listen(offer=Offer(tls=ours.context, implicit_tls=implicit))
    with pytest.raises(RelayAway, match="TLS with the relay failed"):
        connect(sink, f"?ca={ca}" + ("" if implicit else "&starttls=required"), scheme=scheme)
    assert not any(line.startswith("MAIL") for line in sink.heard)


def test_tls_is_used_on_loopback_when_it_is_offered(
    listen: Listen, connect: Connect, certify: Certify
) -> None:
    sink = listen(offer=Offer(tls=certify("127.0.0.1").context))
    assert deliver(connect(sink)).code == 250
    assert sink.heard[:3] == ["EHLO localhost", "STARTTLS", "EHLO localhost"]


def test_an_offer_of_tls_elsewhere_must_be_proven(
    listen: Listen, connect: Connect, certify: Certify
) -> None:
    sink = listen(offer=Offer(tls=certify("127.0.0.1").context))
    with pytest.raises(RelayAway, match="TLS with the relay failed"):
        connect(sink, "?starttls=offered", at=ELSEWHERE)


def test_tls_is_left_alone_where_the_url_says_never(
    listen: Listen, connect: Connect, certify: Certify
) -> None:
    sink = listen(offer=Offer(tls=certify("127.0.0.1").context))
    connect(sink, "?starttls=never")
    assert sink.heard == ["EHLO localhost"]


def test_mail_does_not_go_in_clear_where_tls_is_required(listen: Listen, connect: Connect) -> None:
    with pytest.raises(RelayAway, match="does not offer STARTTLS"):
        connect(listen(), at=ELSEWHERE)


@pytest.mark.parametrize("reply", ["454 4.7.0 not now", "220 go on\r\n250 injected"])
def test_a_relay_that_spoils_starttls_is_away(
    listen: Listen, connect: Connect, certify: Certify, reply: str
) -> None:
    sink = listen(Rule("starttls", "reply", reply), offer=Offer(tls=certify("127.0.0.1").context))
    with pytest.raises(RelayAway):
        connect(sink)


def test_a_ca_that_cannot_be_read_is_said(
    listen: Listen, connect: Connect, certify: Certify
) -> None:
    sink = listen(offer=Offer(tls=certify("127.0.0.1").context))
    with pytest.raises(RelayAway, match="option ca cannot be read"):
        connect(sink, "?ca=missing.pem")


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_the_relay_lets_us_sign_in(listen: Listen, connect: Connect, mechanism: str) -> None:
    sink = listen(offer=Offer(users=USERS, mechanisms=mechanism))
    assert deliver(connect(sink, at=SIGN_IN)).code == 250
    assert any(line.startswith(f"AUTH {mechanism}") for line in sink.heard)


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_wrong_password_means_away_and_is_not_repeated(
    listen: Listen, connect: Connect, mechanism: str
) -> None:
    sink = listen(offer=Offer(users={"mailer": "another"}, mechanisms=mechanism))
    with pytest.raises(RelayAway, match="535") as caught:
        connect(sink, at=SIGN_IN)
    assert "pass word" not in str(caught.value)
    assert b64encode(b"pass word").decode() not in str(caught.value)


@pytest.mark.parametrize("offer", [Offer(), Offer(users=USERS, mechanisms="CRAM-MD5")])
def test_a_relay_without_a_known_way_to_sign_in_is_away(
    listen: Listen, connect: Connect, offer: Offer
) -> None:
    with pytest.raises(RelayAway, match="no way to sign in"):
        connect(listen(offer=offer), at=SIGN_IN)


def test_a_password_does_not_travel_in_clear(listen: Listen, connect: Connect) -> None:
    sink = listen(offer=Offer(users=USERS))
    with pytest.raises(RelayAway, match="in clear"):
        connect(sink, "?starttls=offered", at=f"mailer:secret@{ELSEWHERE}")
    assert sink.heard == ["EHLO localhost"]
