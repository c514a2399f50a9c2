"""A real sink for each test, a way to connect to it, and a certificate authority of our own."""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailer.smtp.connection import Connection, Parcel
from mailer.smtp.content import Content
from mailer.smtp.relay import Relay
from mailer.smtp.replies import Reply
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from sandbox.sink.session import Offer

MESSAGE = b"Subject: A new release\r\nMessage-ID: <one@example.org>\r\n\r\nWords.\r\n"
TIMEOUT = 1.0

Connect = Callable[..., Connection]
Listen = Callable[..., Sink]


def deliver(
    connection: Connection,
    *,
    sender: str = "list@example.org",
    recipient: str = "amira@example.org",
    message: bytes = MESSAGE,
    before_dot: Callable[[], None] = lambda: None,
) -> Reply:
    """Send a message to Amira, as small as a message can be."""
    return connection.send(Parcel(sender, recipient, Content.of(message)), before_dot=before_dot)


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Start sinks that end with the test, by their rules and options."""
    with ExitStack() as stack:
        yield lambda *rules, **options: stack.enter_context(
            Sink(rules=rules, keep_bytes=True, **options)
        )


@pytest.fixture(params=["pipelining", "step by step"])
def misbehaving(request: pytest.FixtureRequest, listen: Listen) -> Callable[..., Sink]:
    """Start a sink with rules, once with PIPELINING and once without."""
    others = Offer().extensions[1:]
    offer = Offer() if request.param == "pipelining" else Offer(others)

    def start(*rules: Rule) -> Sink:
        return listen(*rules, offer=offer)

    return start


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Open connections that end with the test, to a sink and with options of the URL."""
    with ExitStack() as stack:

        def to(
            sink: Sink, options: str = "", *, scheme: str = "smtp", at: str = "127.0.0.1"
        ) -> Connection:
            relay = Relay.parse(f"{scheme}://{at}:{sink.port}{options}")
            opened = Connection.open(relay, timeout=TIMEOUT, dot_timeout=TIMEOUT, hello="localhost")
            return stack.enter_context(opened)

        yield to


@dataclass(frozen=True)
class Certificate:
    """A server's side of TLS, and the file a client trusts it by."""

    context: ssl.SSLContext
    ca: Path


@pytest.fixture(scope="session")
def certify(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Certificate]:
    """Make certificates, each for one address and trusted by nobody."""

    def make(address: str) -> Certificate:
        file = tmp_path_factory.mktemp("tls") / "both.pem"
        file.write_bytes(_signed_by_itself(address))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return Certificate(context, file)

    return make


def _signed_by_itself(address: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a relay for tests")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
