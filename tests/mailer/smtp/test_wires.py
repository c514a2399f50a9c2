"""One kept connection to each relay of a process."""

from mailer.smtp.relay import Relay
from mailer.wire import Wires
from sandbox.sink.server import Sink


def test_each_relay_has_a_wire_of_its_own_that_is_kept() -> None:
    with Sink() as one, Sink() as other:
        text = f"smtp://127.0.0.1:{one.port}?weight=3 smtp://127.0.0.1:{other.port}"
        wires = Wires(Relay.parse_all(text), hello="mail.example.org")
        assert list(wires.weights.values()) == [3, 1]
        first, second = (wires.to(name) for name in wires.weights)
        assert first.connection() is wires.to(first.name).connection()
        assert first.connection() is not second.connection()
        wires.close()
