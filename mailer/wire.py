"""The kept connection of one process: opened when needed, used again while it is fresh."""

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
        return f"{self.relay.host}:{self.relay.port}"

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

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
