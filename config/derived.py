"""Keys for one purpose each, drawn from the signing ring: whoever learns one of them learns no other."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import keys
from config.settings import Settings


def key(secret: str, purpose: str) -> bytes:
    """Derive 32 bytes for a purpose from one key of the signing ring (HKDF-SHA256, RFC 5869)."""
    kdf = HKDF(hashes.SHA256(), keys.KEY_BYTES, salt=None, info=f"samizdat {purpose}".encode())
    return kdf.derive(secret.encode())


def session_keys(settings: Settings) -> list[str]:
    """Return the keys of the staff's sessions, newest first: that one signs, all of them verify."""
    return [key(secret, "web session").hex() for secret in reversed(_ring(settings))]


def totp_secrets(settings: Settings) -> dict[str, str]:
    """Return name -> key that encrypts the secrets of second factors, oldest first.

    The names are fingerprints, so that they stay true when an old key leaves the ring.
    """
    ring = (key(secret, "totp").hex() for secret in _ring(settings))
    return {hashlib.sha256(each.encode()).hexdigest()[:8]: each for each in ring}


def recovery_keys(settings: Settings) -> list[bytes]:
    """Return the Fernet keys that encrypt recovery codes, newest first."""
    return [
        base64.urlsafe_b64encode(key(secret, "recovery codes"))
        for secret in reversed(_ring(settings))
    ]


def limiter_key(settings: Settings) -> bytes:
    """Return the key under which the rate limiter hides addresses and networks."""
    return key(_ring(settings)[-1], "rate limits")


def challenge_key(settings: Settings) -> bytes:
    """Return the key that signs the challenges of a proof of work."""
    return key(_ring(settings)[-1], "proof of work")


def audit_key(settings: Settings) -> bytes:
    """Return the key of the audit chain, from the oldest signing key: the chain outlives rotations."""
    return key(_ring(settings)[0], "audit chain")


def _ring(settings: Settings) -> tuple[str, ...]:
    return keys.signing_ring(settings.secret_keys.get_secret_value())
