"""The socket under a connection: bytes out, whole replies in, bounded in time and size."""

import select
import socket
import ssl
from collections import deque
from time import monotonic
from typing import Final

from config import limits
from mailer.smtp import replies

READ_BYTES: Final = 4096


class Broken(Exception):
    """Tells in a sentence why the session cannot go on; each phase makes its failure of it."""


class Wire:
    """A TCP stream, plain or under TLS, that carries SMTP replies one way and bytes the other."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        #: Whole lines that came and were not asked for yet, and the beginning of the next one.
        self._lines: deque[bytes] = deque()
        self._begun = b""
        self._seconds: float | None = None
        self._watch()

    def write(self, data: bytes, seconds: float) -> None:
        """Hand `data` to the kernel within `seconds`; Broken when its last byte could not be.

        sendall raises OSError only while bytes are left over, and a TLS record that is cut off
        cannot be read by anyone. So after Broken the last byte has certainly not been delivered.
        """
        self._wait_for(seconds)
        try:
            self._stream.sendall(data)
        except TimeoutError as fault:
            raise Broken("The relay did not take what was written in time.") from fault
        except OSError as fault:
            raise Broken(f"The connection broke while writing ({_named(fault)}).") from fault

    def reply(self, seconds: float) -> replies.Reply:
        """Read one reply, within `seconds` for all of it; Broken when none comes or it is none."""
        deadline = monotonic() + seconds
        lines: list[bytes] = []
        room = limits.SMTP_REPLY_BYTES
        while not lines or lines[-1][3:4] == b"-":
            lines.append(self._line(deadline, room))
            room -= len(lines[-1]) + 2
        try:
            return replies.parse(tuple(lines))
        except ValueError as fault:
            raise Broken(str(fault)) from fault

    def quiet(self) -> bool:
        """Say whether nothing has come unasked: no reply, and no end of the stream.

        Without this a stray '250' would be taken for the answer to the next question.
        """
        if self._lines or self._begun:
            return False
        # TLS may hold back words that it has read off the socket and that nobody asked for yet.
        held_back = isinstance(self._stream, ssl.SSLSocket) and self._stream.pending() > 0
        return not (held_back or self._readable.poll(0)) or self._is_no_word()

    def _is_no_word(self) -> bool:
        """Say whether what came is none of the relay's words: TLS sends records of its own between them."""
        self._wait_for(0)
        try:
            self._take(self._stream.recv(READ_BYTES))
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def secure(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Put TLS under the stream; Broken when the two do not agree on it.

        What was already read in clear would be taken for the relay's protected words: that is how
        an attacker injects replies, so any such byte ends the session.
        """
        if self._lines or self._begun:
            raise Broken("The relay sent something between its consent to TLS and TLS itself.")
        self._wait_for(seconds)
        try:
            self._stream = context.wrap_socket(self._stream, server_hostname=host)
        except (OSError, ValueError) as fault:
            raise Broken(f"TLS with the relay failed ({_named(fault)}).") from fault

    def close(self) -> None:
        """Close the socket as it is, without a word."""
        self._stream.close()

    def _line(self, deadline: float, room: int) -> bytes:
        while not self._lines:
            if len(self._begun) > room:
                raise Broken("The relay's reply has no end.")
            self._fill(deadline)
        line = self._lines.popleft()
        if len(line) > room:
            raise Broken("The relay's reply has no end.")
        return line.removesuffix(b"\r")

    def _fill(self, deadline: float) -> None:
        seconds = deadline - monotonic()
        if seconds <= 0:
            raise Broken("The relay did not answer in time.")
        self._wait_for(seconds)
        try:
            data = self._stream.recv(READ_BYTES)
        except TimeoutError as fault:
            raise Broken("The relay did not answer in time.") from fault
        except OSError as fault:
            raise Broken(f"The connection broke while reading ({_named(fault)}).") from fault
        if not data:
            raise Broken("The relay closed the connection.")
        self._take(data)

    def _watch(self) -> None:
        """Watch for what can be read, which asks the kernel once where a read without waiting asks thrice."""
        self._readable = select.poll()
        self._readable.register(self._stream, select.POLLIN)

    def _wait_for(self, seconds: float) -> None:
        """Set how long the socket waits, where that is not what it is: each setting is a system call."""
        if seconds != self._seconds:
            self._stream.settimeout(seconds)
            self._seconds = seconds

    def _take(self, data: bytes) -> None:
        *lines, self._begun = (self._begun + data).split(b"\n")
        self._lines.extend(lines)


def _named(fault: Exception) -> str:
    """Name a fault without anything that was on the wire."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return fault.verify_message
    return str(getattr(fault, "strerror", None) or type(fault).__name__)
