"""One side of an SMTP conversation as bytes: lines and messages in, replies out in one piece."""

import asyncio
import ssl
from typing import Final, NoReturn

READ_BYTES: Final = 65_536
LINE_BYTES: Final = 65_536
END: Final = b"\r\n.\r\n"


class Gone(Exception):
    """Tells that the conversation is over."""


class Talk:
    """A stream with what was read too far, and what is yet to be said.

    Replies are held back while there are commands left to read, as RFC 2920 3.2 asks of a server.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._unread = bytearray()
        self._unsaid = bytearray()

    async def line(self) -> bytes:
        """Read one line, without its end."""
        while (end := self._unread.find(b"\n")) < 0:
            if len(self._unread) > LINE_BYTES:
                raise Gone
            await self._fill()
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        return line.removesuffix(b"\r")

    async def content(self) -> bytes:
        """Read a message up to its final dot, and take the added dots away (RFC 5321 4.5.2)."""
        self._unread[:0] = b"\r\n"  # the end of the DATA line, which a lone dot needs before it
        searched = 0
        while (end := self._unread.find(END, searched)) < 0:
            searched = max(0, len(self._unread) - len(END) + 1)
            await self._fill()
        content = bytes(self._unread[: end + 2])
        del self._unread[: end + len(END)]
        return content.replace(b"\r\n.", b"\r\n")[2:]

    def say(self, text: str) -> None:
        """Say `text` and a line end, when the time has come."""
        self._unsaid += text.encode("latin-1") + b"\r\n"

    async def flush(self) -> None:
        """Send what is unsaid."""
        if self._unsaid:
            said, self._unsaid = self._unsaid, bytearray()
            self._writer.write(said)
            await self._writer.drain()

    async def drip(self, text: str, seconds: float) -> None:
        """Say `text` in pieces of one byte, `seconds` apart."""
        await self.flush()
        for byte in text.encode("latin-1") + b"\r\n":
            self._writer.write(bytes((byte,)))
            await self._writer.drain()
            await asyncio.sleep(seconds)

    async def flood(self, text: str) -> NoReturn:
        """Say `text` for ever, or for as long as anybody listens."""
        await self.flush()
        while True:
            self._writer.write(text.encode("latin-1"))
            await self._writer.drain()
            await asyncio.sleep(0)

    async def ignore(self) -> NoReturn:
        """Read, and say nothing, until the client leaves."""
        await self.flush()
        while await self._reader.read(READ_BYTES):
            pass
        raise Gone

    async def secure(self, context: ssl.SSLContext) -> None:
        """Put TLS under the conversation."""
        await self.flush()
        await self._writer.start_tls(context)

    async def _fill(self) -> None:
        await self.flush()
        data = await self._reader.read(READ_BYTES)
        if not data:
            raise Gone
        self._unread += data
