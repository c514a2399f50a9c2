"""Mail addresses: the one form we store, the form on the wire, and the hash they are found by."""

from typing import Final

from email_validator import EmailNotValidError, validate_email

from config import languages, limits
from db.sealed import Keyring

COLUMN = "subscriber.address"
"""What a stored address is bound to, and what its blind index is made for."""

N_ = languages.N_
_SAME_MAILBOX: Final = {"googlemail.com": "gmail.com"}
_NO_DOTS: Final = frozenset({"gmail.com"})


class BadAddress(ValueError):
    """The text is not an address that mail can be sent to; the message says what to mend.

    It is English, marked for translation: whoever shows it translates it.
    """


def normalise(text: str) -> str:
    """Return the address as we store it: trimmed, NFC, its domain in lower case and Unicode (RFC 5321, 5891).

    The local part keeps its case: only its own server may say whether case matters there.
    """
    text = text.strip()
    if not text:
        raise BadAddress(N_("Please enter your email address."))
    if len(text) > limits.ADDRESS_LENGTH:
        raise BadAddress(N_("This is too long to be an email address."))
    if any(ord(character) < ord(" ") or character == "\x7f" for character in text):
        raise BadAddress(N_("An email address cannot contain control characters."))
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise BadAddress(
            N_("This does not look like an email address; it should be like name@example.org.")
        ) from None


def canonical_domain(address: str) -> str:
    """Return the domain that an address's mailbox lives at."""
    domain = address.rpartition("@")[2].lower()
    return _SAME_MAILBOX.get(domain, domain)


def canonical(address: str) -> str:
    """Return what all spellings that reach one mailbox have in common: for caps, never to mail or to find.

    Case, a +tag, and the dots that Gmail does not read are taken away.
    """
    domain = canonical_domain(address)
    local = address.rpartition("@")[0].lower().partition("+")[0]
    return f"{local.replace('.', '') if domain in _NO_DOTS else local}@{domain}"


def wire(address: str) -> str:
    """Return a stored address as SMTP carries it: the domain in its ASCII form (IDNA 2008).

    Raises BadAddress where it has none: a rule of IDNA may have changed since it was stored.
    """
    if address.isascii():
        return address  # it was normalised before it was stored, and this is asked for each mail
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError:
        raise BadAddress(
            N_("This does not look like an email address; it should be like name@example.org.")
        ) from None


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
