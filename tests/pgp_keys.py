"""OpenPGP keys of invented people, made when a test asks, and what their owners read."""

import email
import email.policy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache

import pysequoia
from pysequoia import ArmorKind, Cert, Tsk, armor
from pysequoia.packet import Packet, PacketPile, Tag

from db.session import transaction
from mailer import certificates, pgp
from mailer.models.subscribers import Subscriber
from tests.cast import AMIRA, BORIS


def secret(name: str = AMIRA) -> Tsk:
    """Return a person's private key, the same in each test."""
    return _secret(name)


@cache
def _secret(name: str) -> Tsk:
    return Tsk.generate(user_id=f"Reader <{name}>")


def public(name: str = AMIRA) -> str:
    """Return a person's public key as text."""
    return str(secret(name).extract_certificate())


@cache
def ended() -> str:
    """Return a key that has expired: the library dates its keys a minute back."""
    return str(Tsk.generate(user_id=AMIRA, validity_seconds=30).extract_certificate())


def revoked() -> str:
    """Return a key that its owner revoked."""
    key = secret()
    certificate = key.extract_certificate()
    revocation = certificate.revoke(key.certifier())
    return str(Cert.from_bytes(bytes(certificate) + bytes(revocation)))


def signing_only() -> str:
    """Return a key whose subkey for encryption was left out."""
    return without(
        lambda packets: any(p.key_flags and p.key_flags.storage_encryption for p in packets)
    )


def with_short_subkey() -> str:
    """Return a key that is good for a month, whose subkey for encryption ends within a minute."""
    key = Tsk.generate(user_id=AMIRA, validity_seconds=100)
    month = datetime.now(UTC) + timedelta(days=30)
    return str(key.extract_certificate().set_expiration(month, key.certifier()))


def ring() -> str:
    """Return two people's keys in one block."""
    both = [secret(name).extract_certificate() for name in (AMIRA, BORIS)]
    return str(armor(b"".join(map(bytes, both)), ArmorKind.PublicKey))


def without(unwanted: Callable[[list[Packet]], bool]) -> str:
    """Return Amira's key without the subkeys whose packets are unwanted."""
    groups: list[list[Packet]] = []
    for packet in PacketPile.from_bytes(public().encode()):
        if packet.tag in (Tag.PublicKey, Tag.PublicSubkey):
            groups.append([])
        groups[-1].append(packet)
    kept = [p for group in groups for p in group if group is groups[0] or not unwanted(group)]
    return str(Cert.from_packets(kept))


def give(subscriber_id: int, armored: str | None = None) -> None:
    """Keep a key for a subscriber; one that is given as text is not judged."""
    now = datetime.now(UTC)
    certificate = pgp.read(public(), now=now)
    if armored is not None:
        certificate = pgp.Certificate(armored, "", (), None, b"")
    with transaction() as session:
        certificates.keep(session, session.get_one(Subscriber, subscriber_id), certificate)


def decrypted(armored: bytes, name: str = AMIRA) -> bytes | None:
    """Return what was encrypted, for the owner of a key."""
    return pysequoia.decrypt(armored, decryptor=secret(name).decryptor()).bytes


def opened(message: bytes, name: str = AMIRA) -> EmailMessage:
    """Return what the owner of a key reads: the entity that was encrypted."""
    outer = email.message_from_bytes(message, policy=email.policy.default)
    assert outer.get_content_type() == "multipart/encrypted"
    version, payload = outer.iter_parts()
    assert version.get_content().strip() == b"Version: 1"
    plain = decrypted(payload.get_content(), name)
    assert plain is not None
    return email.message_from_bytes(plain, policy=email.policy.default)
