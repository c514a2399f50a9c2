"""A message as it travels after DATA: no line of it may look like the end before the end."""

from dataclasses import dataclass
from typing import Final, Self

from config import limits
from mailer.smtp.failures import PermanentFailure

END: Final = b".\r\n"


@dataclass(frozen=True, slots=True)
class Content:
    """A message as the wire carries it: each line ends in CRLF, a dot at its start is doubled.

    The final dot is not in it. Whoever builds one piece by piece, as `mailer.pattern` does for each
    reader, checks and stuffs the pieces; everybody else uses `of`.
    """

    octets: bytes
    is_ascii: bool

    @classmethod
    def of(cls, message: bytes) -> Self:
        """Take a whole message; PermanentFailure 5.6.0 for a CR or LF outside a CRLF."""
        check(message)
        return cls(stuffed(message), message.isascii())

    @property
    def message(self) -> bytes:
        """The message as it was before its dots were doubled."""
        plain = self.octets.replace(b"\r\n..", b"\r\n.")
        return plain[1:] if plain.startswith(b"..") else plain


def check(message: bytes) -> None:
    """Refuse a message with a CR or LF outside a CRLF: PermanentFailure 5.6.0.

    Relays disagree about such line ends, and where they do, text in a body becomes commands to the
    next one. Correcting it here would break a signature already made, so the fault goes back to who
    rendered it.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends:
        raise PermanentFailure("5.6.0", "Render the message with CRLF at the end of each line.")


def stuffed(message: bytes) -> bytes:
    """Return the message with a dot added before each line that starts with one (RFC 5321 4.5.2).

    The last line gets its CRLF where it has none. The final dot is not included.
    """
    content = with_dots_doubled(message)
    if content.startswith(b"."):
        content = b"." + content
    return content if not content or content.endswith(b"\r\n") else content + b"\r\n"


def with_dots_doubled(lines: bytes) -> bytes:
    """Return lines with a dot added before each that starts with one, but for the first of them."""
    return lines.replace(b"\r\n.", b"\r\n..")


def halves(content: Content) -> tuple[bytes, bytes]:
    """Return what of the content may go before the mark, and the rest with its dot.

    A short message is all rest, so that it leaves in one write. Of a long one only the tail stays
    behind: a process that dies while the bulk of it crawls out has not sent it, and knows.
    """
    octets = content.octets
    cut = max(0, len(octets) + len(END) - limits.SMTP_TAIL_BYTES)
    return octets[:cut], octets[cut:] + END
