"""Encryption at rest: values sealed with AES-256-GCM, and blind indexes to find them by.

A blob is `version | length of key id | key id | nonce (12) | ciphertext and tag`. The additional data binds
it to its table, its column and its row, so that a blob moved to another row does not open (NIST SP 800-38D).
"""

import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from config import keys

log = logging.getLogger(__name__)

_VERSION: Final = 1
_NONCE: Final = 12


class CannotOpen(Exception):
    """A sealed value does not open: its key is missing from the ring, or it was moved or changed."""


class UnknownKey(CannotOpen):
    """A sealed value names a key that DATA_KEYS lacks; nothing is wrong with the value."""


class Keyring:
    """The data keys of one process; `reread` fetches the ring anew when a blob names a key not yet known.

    A rotation adds a key to the file while web and workers run; they meet its name in a blob first.
    """

    def __init__(
        self, ring: Mapping[str, bytes], reread: Callable[[], Mapping[str, bytes]] | None = None
    ) -> None:
        self._reread = reread
        self._load(ring)

    def _load(self, ring: Mapping[str, bytes]) -> None:
        self._ring = dict(ring)
        self._index_key = ring[keys.INDEX]
        self._ciphers = {name: AESGCM(key) for name, key in ring.items() if name != keys.INDEX}
        self.newest = list(self._ciphers)[-1]

    def refresh(self) -> None:
        """Read the ring anew where it came from a file; one that is spoilt or lacks old keys is not taken."""
        if self._reread is None:
            return
        try:
            ring = self._reread()
        except (OSError, ValueError) as fault:  # ValueError: BadKeys, or no text
            why = fault if isinstance(fault, keys.BadKeys) else type(fault).__name__
            log.warning("DATA_KEYS_FILE cannot be used, the keys read before are kept: %s", why)
            return
        if self._ring.items() <= ring.items():
            self._load(ring)

    def knows(self, name: str) -> bool:
        """Tell whether the key of this name is here; where it is not, the ring is read anew first."""
        if name not in self._ciphers:
            self.refresh()
        return name in self._ciphers

    def index(self, column: str, value: str) -> bytes:
        """Return the blind index (32 bytes) of a value in a column such as 'subscriber.address'."""
        return hmac.digest(self._index_key, f"{column}\0{value}".encode(), "sha256")

    def seal(self, value: str, *, column: str, row: bytes | str) -> bytes:
        """Encrypt a text for one column of one row, under the newest key."""
        # Read once: another thread may reread the ring, and a blob must name the key that sealed it.
        name = self.newest
        nonce = secrets.token_bytes(_NONCE)
        body = self._ciphers[name].encrypt(nonce, value.encode(), _bind(column, row))
        return prefix(name) + nonce + body

    def open(self, blob: bytes, *, column: str, row: bytes | str) -> str:
        """Decrypt a text sealed for that column and row; raise UnknownKey or CannotOpen."""
        name, start = key_name(blob), 2 + blob[1]
        if not self.knows(name):
            raise UnknownKey(f"the key {name} is not in DATA_KEYS; add it again")
        nonce, body = blob[start : start + _NONCE], blob[start + _NONCE :]
        try:
            return self._ciphers[name].decrypt(nonce, body, _bind(column, row)).decode()
        except (InvalidTag, ValueError):  # ValueError: cut so short that the nonce is not whole
            raise CannotOpen(f"a value in {column} was moved or changed") from None


def key_name(blob: bytes) -> str:
    """Return the name of the key a blob was sealed with; raise CannotOpen for what is no blob."""
    if len(blob) < 2 + _NONCE or blob[0] != _VERSION:
        raise CannotOpen("a stored value is not in the sealed form")
    return blob[2 : 2 + blob[1]].decode("ascii", "replace")


def prefix(name: str) -> bytes:
    """Return the first bytes of every blob sealed with that key, to find what a rotation has left."""
    return bytes((_VERSION, len(name))) + name.encode()


def keyring(session: Session) -> Keyring:
    """Return the keyring that `db.session.transaction` laid into this session."""
    return cast(Keyring, session.info["keyring"])


def _bind(column: str, row: bytes | str) -> bytes:
    return column.encode() + b"\0" + (row.encode() if isinstance(row, str) else row)
