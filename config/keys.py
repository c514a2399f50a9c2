"""Reading key rings out of text: the signing keys, and the keys that encrypt what we store.

A signing ring is base64 keys separated by white space or commas, oldest first; the last one signs and
all of them verify. A data ring names each key, `index:<base64> k1:<base64> k2:<base64>`: `index` makes
blind indexes and never changes, the last of the others encrypts, and all of them decrypt.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from typing import Final

KEY_BYTES: Final = 32
INDEX: Final = "index"
_NAME = re.compile(r"[a-z][a-z0-9]{0,15}")


class BadKeys(ValueError):
    """A key ring cannot be used as it is written."""


def generate() -> str:
    """Return a new random key of 32 bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signing_ring(text: str) -> tuple[str, ...]:
    """Parse a signing ring, oldest key first; raise BadKeys."""
    keys = tuple(_words(text))
    if not keys:
        raise BadKeys("holds no key; make one with 'flask keys generate'")
    for key in keys:
        _decode(key)
    if len(set(keys)) != len(keys):
        raise BadKeys("holds the same key twice")
    return keys


def data_ring(text: str) -> Mapping[str, bytes]:
    """Parse a data ring into name -> 32 bytes, in the order written; raise BadKeys."""
    ring: dict[str, bytes] = {}
    for word in _words(text):
        name, separator, key = word.partition(":")
        if not separator or not _NAME.fullmatch(name):
            raise BadKeys("needs entries of the form name:key, the name in lower case, such as k1")
        if name in ring:
            raise BadKeys(f"names the key {name} twice")
        ring[name] = _decode(key)
    _refuse_unusable(ring)
    return ring


def _refuse_unusable(ring: Mapping[str, bytes]) -> None:
    if INDEX not in ring:
        raise BadKeys("lacks the entry index:…, the key of the blind index")
    if len(ring) == 1:
        raise BadKeys("lacks an encryption key beside index, such as k1:…")
    if len(set(ring.values())) != len(ring):
        raise BadKeys("uses the same key under two names")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _decode(key: str) -> bytes:
    try:
        raw = base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys("holds a key that is not base64") from None
    if len(raw) != KEY_BYTES:
        raise BadKeys(f"holds a key of {len(raw)} bytes where {KEY_BYTES} are needed")
    if len(set(raw)) == 1:
        raise BadKeys("holds a key of one repeated byte, which anyone can guess")
    return raw
