"""OpenPGP: a reader's certificate (their public key), and what is encrypted to it (RFC 9580).

The only place that knows the library, which is an optional extra. It is loaded when it is needed, and
where it is missing `Unavailable` is raised: nobody who asked for encrypted mail is mailed in clear instead.

The library itself encrypts to keys that have expired or were revoked, so both are judged here, also of
the subkeys, and it is handed a certificate that has nothing left but what may be encrypted to.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Final

from config import limits
from config.languages import N_

TOO_LARGE: Final = N_(
    "This is too large to be one key. Please export it without other people's signatures: your "
    "program calls that minimal."
)
PRIVATE: Final = N_(
    "This is your PRIVATE key, which nobody but you should ever have. We have not kept it. It has "
    "travelled to us, though, so consider making a new one. Here we need the public key."
)
GARBAGE: Final = N_(
    "This is not an OpenPGP public key as text. It begins with -----BEGIN PGP PUBLIC KEY BLOCK-----; "
    "please paste all of it."
)
SEVERAL: Final = N_(
    "These are several keys. Please paste the one that your mails shall be encrypted to."
)
EXPIRED: Final = N_(
    "This key has expired. Please extend it in your OpenPGP program, export it anew, and paste that."
)
REVOKED: Final = N_("This key was revoked. Please paste the key that you use in its place.")
CANNOT_ENCRYPT: Final = N_(
    "Nothing can be encrypted to this key: it can only sign, or its methods are too old to be safe."
)

_BEGIN: Final = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_PRIVATE: Final = "PRIVATE KEY BLOCK"


class Unavailable(Exception):
    """The library that encrypts is not installed; install the extra, or readers with a key get no mail."""


class BadCertificate(ValueError):
    """Nothing may be encrypted to this; the message says why, in English and marked for translation."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A public key that can be encrypted to now; `expires` is the moment from which it cannot."""

    armored: str
    fingerprint: str
    user_ids: tuple[str, ...]
    expires: datetime | None
    #: The certificate without the subkeys that must not be encrypted to.
    usable: bytes


def is_available() -> bool:
    """Return whether mails can be encrypted here."""
    try:
        _library()
    except Unavailable:
        return False
    return True


def read(text: str, *, now: datetime) -> Certificate:
    """Read a public key as a person pastes it; raise BadCertificate, Unavailable."""
    library = _library()
    _refuse_at_sight(text)
    try:
        return _judged(library, text, now)
    # What it raises holds a backtrace of the library, and maybe parts of the key: it goes no further.
    except (RuntimeError, UnicodeEncodeError):
        raise BadCertificate(GARBAGE) from None


def encrypt(certificate: Certificate, entity: bytes) -> bytes:
    """Return a MIME entity encrypted, in ASCII armor with CRLF; raise BadCertificate, Unavailable."""
    return _encrypt(_library(), certificate.usable, entity)


def _library() -> ModuleType:
    try:
        return importlib.import_module("pysequoia")
    except ImportError:
        raise Unavailable from None


def _refuse_at_sight(text: str) -> None:
    if _PRIVATE in text.upper():
        raise BadCertificate(PRIVATE)
    if len(text) > limits.PGP_CERTIFICATE_LENGTH:
        raise BadCertificate(TOO_LARGE)
    if _BEGIN not in text:
        raise BadCertificate(GARBAGE)
    if text.count(_BEGIN) > 1:
        raise BadCertificate(SEVERAL)


def _judged(library: ModuleType, text: str, now: datetime) -> Certificate:
    raw = text.encode()
    keys = list(_keys(library, raw))
    if any(key.is_secret for key in keys):
        raise BadCertificate(PRIVATE)  # under the words of a public one
    if sum(key.is_primary for key in keys) > 1:
        raise BadCertificate(SEVERAL)
    found = library.Cert.from_bytes(raw)
    if found.is_revoked:
        raise BadCertificate(REVOKED)
    if found.expiration and found.expiration <= now:
        raise BadCertificate(EXPIRED)
    able = _able(keys, now)
    kept = [key for key in keys if key.is_primary or key in able or not key.encrypts]
    usable = bytes(library.Cert.from_packets([packet for key in kept for packet in key.packets]))
    _encrypt(library, usable, b"")
    return Certificate(
        armored=str(found),
        fingerprint=found.fingerprint.upper(),
        user_ids=tuple(str(user_id) for user_id in found.user_ids),
        expires=_earliest(found.expiration, able),
        usable=usable,
    )


def _encrypt(library: ModuleType, usable: bytes, entity: bytes) -> bytes:
    try:
        armor: bytes = library.encrypt(entity, [library.Cert.from_bytes(usable)])
    except RuntimeError:
        raise BadCertificate(CANNOT_ENCRYPT) from None
    return armor.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


# -- Keys and subkeys ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """A key of a certificate with the packets that stand behind it, its own first (RFC 9580 10.1)."""

    packets: list[Any]
    tags: Any
    types: Any

    @property
    def is_primary(self) -> bool:
        return self.packets[0].tag in (self.tags.PublicKey, self.tags.SecretKey)

    @property
    def is_secret(self) -> bool:
        return self.packets[0].tag in (self.tags.SecretKey, self.tags.SecretSubkey)

    @property
    def _binding(self) -> Any:  # noqa: ANN401 - the library's
        bindings = [p for p in self.packets if p.signature_type == self.types.SubkeyBinding]
        return max(bindings, key=lambda p: p.signature_created, default=None)

    @property
    def encrypts(self) -> bool:
        """Whether a subkey is meant for encryption."""
        flags = self._binding.key_flags if self._binding else None
        return bool(flags and (flags.transport_encryption or flags.storage_encryption))

    @property
    def revoked(self) -> bool:
        return any(p.signature_type == self.types.SubkeyRevocation for p in self.packets)

    @property
    def expires(self) -> datetime | None:
        validity = self._binding.key_validity_period if self._binding else None
        created: datetime = self.packets[0].key_created
        return created + validity if validity else None


def _keys(library: ModuleType, raw: bytes) -> Iterator[_Key]:
    tags, types = library.packet.Tag, library.packet.SignatureType
    # The library's tags have no hash, so that no set of them can be made.
    opening = (tags.PublicKey, tags.SecretKey, tags.PublicSubkey, tags.SecretSubkey)
    packets: list[Any] = []
    for packet in library.packet.PacketPile.from_bytes(raw):
        if packet.tag in opening and packets:
            yield _Key(packets, tags, types)
            packets = []
        packets.append(packet)
    if packets:
        yield _Key(packets, tags, types)


def _able(keys: list[_Key], now: datetime) -> list[_Key]:
    """Return the subkeys to encrypt to; raise BadCertificate where there were some and none is left."""
    meant = [key for key in keys if not key.is_primary and key.encrypts]
    alive = [key for key in meant if key.expires is None or key.expires > now]
    able = [key for key in alive if not key.revoked]
    if meant and not able:
        raise BadCertificate(REVOKED if alive else EXPIRED)
    return able


def _earliest(expires: datetime | None, able: list[_Key]) -> datetime | None:
    """Return when the last of the subkeys ends, or the whole before it."""
    ends = [key.expires for key in able]
    last = max((end for end in ends if end), default=None) if None not in ends else None
    return min((end for end in (expires, last) if end), default=None)
