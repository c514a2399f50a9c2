"""From nothing to a session that takes mail: connect, greet, TLS, sign in; or RelayAway."""

import contextlib
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from mailer.smtp.failures import RelayAway
from mailer.smtp.relay import HELLO, Relay
from mailer.smtp.replies import Extensions, Reply
from mailer.smtp.wire import Broken, Wire

READY: Final = 220
CHALLENGE: Final = 334
SIGNED_IN: Final = 235


def shake(relay: Relay, *, timeout: float, hello: str) -> tuple[Wire, Extensions]:
    """Open a session and return it with what the relay offers; RelayAway when there is none.

    `timeout` is in seconds, for the connection and again for each reply. `hello` is our name,
    unless the relay's URL gives another; ValueError when it is not a host name.
    """
    name = relay.hello or hello
    if not HELLO.fullmatch(name):
        raise ValueError("Greet the relay with a host name, such as mail.example.org.")
    wire = _connect(relay, timeout)
    with contextlib.ExitStack() as undo:
        undo.callback(wire.close)
        try:
            extensions = _Handshake(wire, relay, timeout, name).run()
        except Broken as fault:
            raise RelayAway(str(fault)) from fault
        undo.pop_all()
    return wire, extensions


def _connect(relay: Relay, timeout: float) -> Wire:
    try:
        stream = socket.create_connection((relay.host, relay.port), timeout)
    except OSError as fault:
        why = fault.strerror or "no answer in time"
        raise RelayAway(f"Cannot connect to {relay.host} port {relay.port} ({why}).") from fault
    # Without this the kernel holds a short write back until the last one was acknowledged.
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Wire(stream)


@dataclass(frozen=True, slots=True)
class _Handshake:
    wire: Wire
    relay: Relay
    timeout: float
    name: str

    def run(self) -> Extensions:
        """Do what the relay and its URL ask for, in the order of RFC 3207 and RFC 4954."""
        if self.relay.implicit_tls:
            self._secure()
        self._want(self.wire.reply(self.timeout), READY, "greet us")
        extensions = self._hello()
        secured = self.relay.implicit_tls
        if not secured and self._upgrades(extensions):
            self._want(self._ask("STARTTLS"), READY, "start TLS")
            self._secure()
            # What was offered in clear may have been forged: ask again (RFC 3207 4.2).
            extensions = self._hello()
            secured = True
        if self.relay.user is not None:
            self._sign_in(self.relay.user, self.relay.password or "", extensions, secured=secured)
        return extensions

    def _hello(self) -> Extensions:
        reply = self._ask(f"EHLO {self.name}")
        if reply.accepted:
            return Extensions.parse(reply)
        if reply.code < 500:  # noqa: PLR2004 - 'not now' is no reason to try the older greeting
            raise self._away(reply, "take our EHLO")
        if not (reply := self._ask(f"HELO {self.name}")).accepted:
            raise self._away(reply, "take our EHLO or HELO")
        return Extensions()

    def _upgrades(self, extensions: Extensions) -> bool:
        if self.relay.starttls == "required" and "STARTTLS" not in extensions:
            raise RelayAway("The relay does not offer STARTTLS, and mail may not go in clear.")
        return self.relay.starttls != "never" and "STARTTLS" in extensions

    def _secure(self) -> None:
        try:
            context = ssl.create_default_context(cafile=self.relay.ca)
        except OSError as fault:
            raise RelayAway("The file of the relay's option ca cannot be read.") from fault
        if not self.relay.verified:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self.wire.secure(context, self.relay.host, self.timeout)

    def _sign_in(self, user: str, password: str, offer: Extensions, *, secured: bool) -> None:
        if not secured and not self.relay.loopback:
            raise RelayAway("The password would travel in clear: the relay offers no TLS.")
        if "PLAIN" in offer.mechanisms:
            reply = self._ask("AUTH PLAIN " + _encoded(f"\0{user}\0{password}"))
        elif "LOGIN" in offer.mechanisms:
            self._want(self._ask("AUTH LOGIN"), CHALLENGE, "ask for the user")
            self._want(self._ask(_encoded(user)), CHALLENGE, "ask for the password")
            reply = self._ask(_encoded(password))
        else:
            raise RelayAway("The relay offers no way to sign in that is known here (PLAIN, LOGIN).")
        self._want(reply, SIGNED_IN, "let us sign in")

    def _ask(self, line: str) -> Reply:
        self.wire.write(line.encode("ascii") + b"\r\n", self.timeout)
        return self.wire.reply(self.timeout)

    def _want(self, reply: Reply, code: int, what: str) -> None:
        if reply.code != code:
            raise self._away(reply, what)

    def _away(self, reply: Reply, what: str) -> RelayAway:
        return RelayAway(
            f"The relay did not {what}: {reply.code} {reply.enhanced} {reply.text}".rstrip()
        )


def _encoded(secret: str) -> str:
    return b64encode(secret.encode()).decode("ascii")
