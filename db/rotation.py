"""Rotation: what is sealed under an older key is sealed anew under the newest, chunk by chunk, while we run.

Readers and writers go on meanwhile: every key of the ring opens, and a process that meets the newest
key's name in a blob reads its ring anew. A chunk locks its rows only, and skips rows that are in use.

A column says of itself that it is sealed: `mapped_column(LargeBinary, info=sealed("address_index"))`.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.base import Base
from db.sealed import CannotOpen, Keyring, keyring, prefix

log = logging.getLogger(__name__)

CHUNK: Final = 1_000
_BOUND_TO: Final = "sealed, bound to"


def sealed(bound_to: str) -> dict[str, str]:
    """Return a column's `info` that says it holds blobs of `db.sealed`.

    They are bound to 'table.column' and to the row's attribute of this name, bytes or a UUID.
    """
    return {_BOUND_TO: bound_to}


@dataclass(frozen=True)
class Sealed:
    """One sealed column, and the attribute that its blobs are bound to."""

    model: type[Any]
    attribute: InstrumentedAttribute[bytes | None]
    bound_to: str

    @property
    def column(self) -> str:
        """The column's name, which its blobs are bound to as well."""
        return f"{self.model.__tablename__}.{self.attribute.key}"

    def row(self, row: object) -> bytes:
        """Return what a row's blob is bound to besides the column."""
        bound: bytes | UUID = getattr(row, self.bound_to)
        return bound.bytes if isinstance(bound, UUID) else bound


def columns() -> list[Sealed]:
    """Return every sealed column of the models that are loaded."""
    return [
        Sealed(mapper.class_, getattr(mapper.class_, prop.key), prop.columns[0].info[_BOUND_TO])
        for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__tablename__)
        for prop in mapper.column_attrs
        if _BOUND_TO in prop.columns[0].info
    ]


def left(session: Session) -> int:
    """Count the values that are still sealed under an older key."""
    keys = keyring(session)
    return sum(
        session.scalar(select(func.count()).select_from(s.model).where(_older(s, keys))) or 0
        for s in columns()
    )


def reseal(session: Session) -> int:
    """Seal the next chunk anew; return how many values that were, 0 when nothing is left to do now."""
    keys = keyring(session)
    return sum(_reseal(session, each, keys) for each in columns())


def _reseal(session: Session, each: Sealed, keys: Keyring) -> int:
    number = inspect(each.model).primary_key[0]
    chunk = (
        select(each.model)
        .where(_older(each, keys))
        .order_by(number)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(chunk).all()
    while rows:
        if done := _reseal_rows(rows, each, keys):
            return done
        # A whole chunk that does not open must not hide what lies behind it.
        last = getattr(rows[-1], number.key)
        rows = session.scalars(chunk.where(number > last)).all()
    return 0


def _reseal_rows(rows: Iterable[object], each: Sealed, keys: Keyring) -> int:
    return sum(_reseal_row(row, each, keys) for row in rows)


def _reseal_row(row: object, each: Sealed, keys: Keyring) -> bool:
    """Seal one value anew; leave one that does not open as it is, so that it stops nobody else's."""
    blob, bound = getattr(row, each.attribute.key), each.row(row)
    try:
        value = keys.open(blob, column=each.column, row=bound)
    except CannotOpen as fault:
        log.warning("a value in %s cannot be sealed anew: %s", each.column, fault)
        return False
    setattr(row, each.attribute.key, keys.seal(value, column=each.column, row=bound))
    return True


def _older(each: Sealed, keys: Keyring) -> ColumnElement[bool]:
    newest = prefix(keys.newest)
    # Empty where a person was erased.
    return and_(
        func.length(each.attribute) > 0,
        func.substring(each.attribute, 1, len(newest)) != newest,
    )
