"""The envelope: who sends, who gets, and the three commands that say so."""

from mailer.smtp.content import Content
from mailer.smtp.failures import PermanentFailure
from mailer.smtp.replies import Extensions


def commands(
    extensions: Extensions, *, sender: str, recipient: str, content: Content
) -> tuple[bytes, bytes, bytes]:
    """Return MAIL, RCPT and DATA, each with its CRLF.

    PermanentFailure when an address could not stand in a command, or when the message is more than
    the relay takes: nothing has been written then. An empty sender is the null reverse-path of RFC
    5321 4.5.5.
    """
    recipient_path = _recipient(recipient, extensions)
    sender_path = _sender(sender, extensions)
    parameters = _parameters(extensions, content)
    if not (sender.isascii() and recipient.isascii()):
        parameters += b" SMTPUTF8"
    return (
        b"MAIL FROM:<" + sender_path + b">" + parameters + b"\r\n",
        b"RCPT TO:<" + recipient_path + b">\r\n",
        b"DATA\r\n",
    )


def _recipient(address: str, extensions: Extensions) -> bytes:
    if not address or not _plain(address):
        raise PermanentFailure("5.1.3", "The address cannot stand in an SMTP command.", "address")
    if not address.isascii() and "SMTPUTF8" not in extensions:
        raise PermanentFailure(
            "5.6.7", "The relay does not take addresses beyond ASCII (SMTPUTF8).", "address"
        )
    return address.encode()


def _sender(address: str, extensions: Extensions) -> bytes:
    """Encode the sender; a fault in it is ours ('policy'), and no reader pays for it."""
    if not _plain(address) or (not address.isascii() and "SMTPUTF8" not in extensions):
        raise PermanentFailure("5.1.7", "The sender's address cannot stand in an SMTP command.")
    return address.encode()


def _plain(address: str) -> bool:
    """Say whether nothing in the address could end its path, and with it the command."""
    return address.isprintable() and not (" " in address or "<" in address or ">" in address)


def _parameters(extensions: Extensions, content: Content) -> bytes:
    """Return what MAIL says about the message: its size (RFC 1870), and 8-bit text (RFC 6152)."""
    if extensions.size is not None and len(content.octets) > extensions.size:
        raise PermanentFailure("5.3.4", f"The relay takes at most {extensions.size} bytes.")
    words = f" SIZE={len(content.octets)}".encode() if "SIZE" in extensions else b""
    if content.is_ascii:
        return words
    if "8BITMIME" not in extensions:
        raise PermanentFailure("5.6.3", "The relay takes only ASCII: encode the message's parts.")
    return words + b" BODY=8BITMIME"
