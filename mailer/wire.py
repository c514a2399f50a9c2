"""The kept connections of one process, one to each relay: opened when needed, used again while fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from config import limits
from mailer.smtp.connection import Connection
from mailer.smtp.relay import Relay


@dataclass
class Wire:
    """Holds at most one connection to the relay; `hello` is our name in the greeting."""

    relay: Relay
    hello: str
    _connection: Connection | None = None
    _used_at: float = field(default=0.0)

    @property
    def name(self) -> str:
        """The relay as the ledger names it: host and port, never a password."""
        return self.relay.name

    def connection(self) -> Connection:
        """Return a connection that is alive; raise mailer.smtp.failures.RelayAway."""
        idle = monotonic() - self._used_at
        kept = self._connection
        if kept is None or not kept.alive or idle > limits.IDLE_CONNECTION_SECONDS:
            self.close()
            kept = self._connection = Connection.open(
                self.relay,
                timeout=limits.SMTP_TIMEOUT_SECONDS,
                dot_timeout=limits.SMTP_DOT_TIMEOUT_SECONDS,
                hello=self.hello,
            )
        self._used_at = monotonic()
        return kept

    def withdraw(self) -> None:
        """Close the connection if the relay waits there for a message that is not to come."""
        if self._connection is not None and self._connection.awaited:
            self.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Wires:
    """Holds a wire to each of the relays, by its name; `hello` is our name in the greeting."""

    def __init__(self, relays: Sequence[Relay], hello: str) -> None:
        self._wires = {relay.name: Wire(relay, hello) for relay in relays}

    @property
    def weights(self) -> Mapping[str, int]:
        """Each relay's weight by its name, for `mailer.relays.choose`."""
        return {name: wire.relay.weight for name, wire in self._wires.items()}

    def to(self, name: str) -> Wire:
        """Return the wire to the relay of this name."""
        return self._wires[name]

    def close(self) -> None:
        """Close every connection."""
        for wire in self._wires.values():
            wire.close()
