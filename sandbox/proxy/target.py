"""Where a proxy leads."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Target:
    """Where the proxy leads: a host and a port, or the path of a socket."""

    host: str = "127.0.0.1"
    port: int = 0
    path: Path | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read host:port or /path/to/socket; ValueError where it is neither."""
        if text.startswith("/"):
            return cls(path=Path(text))
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError(f"Write {text!r} as host:port or as the path of a socket.")
        return cls(host, int(port))

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect; OSError where nobody answers."""
        if self.path is not None:
            return await asyncio.open_unix_connection(self.path)
        return await asyncio.open_connection(self.host, self.port)
