"""A message as it travels after DATA: no line of it may look like the end before the end."""

from typing import Final

from config import limits
from mailer.smtp.failures import PermanentFailure

END: Final = b".\r\n"


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
    content = message.replace(b"\r\n.", b"\r\n..")
    if content.startswith(b"."):
        content = b"." + content
    return content if not content or content.endswith(b"\r\n") else content + b"\r\n"


def halves(message: bytes) -> tuple[bytes, bytes]:
    """Return what of the stuffed message may go before the mark, and the rest with its dot.

    A short message is all rest, so that it leaves in one write. Of a long one only the tail stays
    behind: a process that dies while the bulk of it crawls out has not sent it, and knows.
    """
    content = stuffed(message) + END
    cut = max(0, len(content) - limits.SMTP_TAIL_BYTES)
    return content[:cut], content[cut:]
