"""Mail addresses: the one form we store, the form on the wire, and the hash they are found by."""

from email_validator import EmailNotValidError, validate_email

from config import limits
from db.sealed import Keyring

COLUMN = "subscriber.address"
"""What a stored address is bound to, and what its blind index is made for."""


class BadAddress(ValueError):
    """The text is not an address that mail can be sent to; the message says what to mend."""


def normalise(text: str) -> str:
    """Return the address as we store it: trimmed, NFC, its domain in lower case and Unicode (RFC 5321, 5891).

    The local part keeps its case: only its own server may say whether case matters there.
    """
    text = text.strip()
    if not text:
        raise BadAddress("Please enter your email address.")
    if len(text) > limits.ADDRESS_LENGTH:
        raise BadAddress("This is too long to be an email address.")
    if any(ord(character) < ord(" ") or character == "\x7f" for character in text):
        raise BadAddress("An email address cannot contain control characters.")
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise BadAddress(
            "This does not look like an email address; it should be like name@example.org."
        ) from None


def wire(address: str) -> str:
    """Return the address as SMTP carries it: the domain in its ASCII form (IDNA 2008)."""
    return validate_email(address, check_deliverability=False).ascii_email or address


def index(keys: Keyring, address: str) -> bytes:
    """Return the blind index of a normalised address; spellings in other case share it.

    Else one mailbox would get a confirmation for each way to write it in capitals.
    """
    return keys.index(COLUMN, address.lower())


def seal(keys: Keyring, address: str) -> bytes:
    """Encrypt a normalised address for the subscriber table, bound to its blind index."""
    return keys.seal(address, column=COLUMN, row=index(keys, address))


def unseal(keys: Keyring, blob: bytes, address_index: bytes) -> str:
    """Decrypt a stored address; raise db.sealed.CannotOpen where it was moved or changed."""
    return keys.open(blob, column=COLUMN, row=address_index)
