"""The audit chain: who did what, when, each entry bound to the one before by an HMAC.

The key is not in the database, so whoever can write there can neither change an entry nor add one. A tail
cut off is noticed by the head row; and by a head noted elsewhere (`flask audit verify` prints it), where
somebody put back an older head together with the shorter chain.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from staff.models import AuditEntry, AuditHead

_LOCK: Final = 0x5A_6D_69_7A_61_75_64
"""The advisory lock of the chain: any number that nothing else in this database uses."""
_HEAD: Final = 1
_FIRST: Final = b"\0" * 32
"""What stands for the mac before the first entry."""


@dataclass(frozen=True)
class Head:
    """Where the chain ends: how many entries it has, and the mac of the last."""

    position: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.position}:{self.mac.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read what `str` wrote; raise ValueError."""
        position, _, mac = text.partition(":")
        return cls(int(position), bytes.fromhex(mac))


def append(
    session: Session,
    *,
    staff_id: int | None,
    act: str,
    subject: str,
    detail: str = "",
    now: datetime,
    key: bytes,
) -> AuditEntry:
    """Add an entry to the chain; other writers wait until this transaction has ended."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = head(session)
    entry = AuditEntry(
        position=last.position + 1,
        at=now,
        staff_id=staff_id,
        act=act,
        subject=subject,
        detail=detail,
    )
    entry.mac = _mac(key, entry, last.mac)
    session.add(entry)
    session.merge(AuditHead(id=_HEAD, position=entry.position, mac=_head_mac(key, entry)))
    session.flush()
    return entry


def head(session: Session) -> Head:
    """Return where the chain ends now, by its entries."""
    statement = select(AuditEntry).order_by(AuditEntry.position.desc()).limit(1)
    last = session.scalar(statement)
    return Head(last.position, last.mac) if last else Head(0, _FIRST)


def entries(session: Session, *, act: str, subject: str) -> Sequence[AuditEntry]:
    """Return what the chain says of one act on one subject, oldest first."""
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.act == act, AuditEntry.subject == subject)
        .order_by(AuditEntry.position)
    ).all()


def verify(session: Session, key: bytes, *, noted: Head | None = None) -> list[str]:
    """Return a sentence for each fault of the chain; none means that nothing was changed, added or cut.

    `noted` is a head that was written down earlier: the chain must still contain it.
    """
    statement = select(AuditEntry).order_by(AuditEntry.position)
    entries = session.scalars(statement.execution_options(yield_per=1000))
    last, faults, met = _walk(entries, key, noted)
    if not met:
        faults.append(
            f"entry {noted.position if noted else 0}: differs from the noted head, or was cut off"
        )
    return faults + _head_faults(session.get(AuditHead, _HEAD), last, key)


def _walk(
    entries: Iterable[AuditEntry], key: bytes, noted: Head | None
) -> tuple[AuditEntry | None, list[str], bool]:
    faults: list[str] = []
    last: AuditEntry | None = None
    met = noted is None or noted == Head(0, _FIRST)
    for entry in entries:
        position, mac = (last.position, last.mac) if last else (0, _FIRST)
        if entry.position != position + 1:
            faults.append(f"entry {position + 1}: is missing")
        elif not hmac.compare_digest(entry.mac, _mac(key, entry, mac)):
            faults.append(f"entry {entry.position}: was changed, or was not written by this system")
        met = met or noted == Head(entry.position, entry.mac)
        last = entry
    return last, faults, met


def _head_faults(stored: AuditHead | None, last: AuditEntry | None, key: bytes) -> list[str]:
    if stored is None:
        return ["the head of the chain is missing"] if last else []
    if last is None or stored.position > last.position:
        return [f"the entries up to {stored.position} are missing: the end was cut off"]
    if stored.position != last.position or not hmac.compare_digest(
        stored.mac, _head_mac(key, last)
    ):
        return ["the head of the chain was changed"]
    return []


def _mac(key: bytes, entry: AuditEntry, before: bytes) -> bytes:
    # Each part is preceded by its length, so that no two entries can be written as the same bytes.
    parts = (
        str(entry.position),
        entry.at.isoformat(),
        "" if entry.staff_id is None else str(entry.staff_id),
        entry.act,
        entry.subject,
        entry.detail,
    )
    text = b"".join(len(part).to_bytes(8) + part for part in map(str.encode, parts))
    return hmac.digest(key, b"entry" + before + text, hashlib.sha256)


def _head_mac(key: bytes, last: AuditEntry) -> bytes:
    return hmac.digest(key, b"head" + str(last.position).encode() + last.mac, hashlib.sha256)
