"""Suppressions: addresses that must not be mailed, kept as keyed hashes that outlive the person's data."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mailer.models.subscribers import Suppression


def add(session: Session, address_index: bytes, *, reason: str) -> None:
    """Suppress an address; the first reason stands."""
    session.execute(
        insert(Suppression)
        .values(address_index=address_index, reason=reason)
        .on_conflict_do_nothing()
    )


def lift(session: Session, address_index: bytes) -> None:
    """Lift a suppression; only a person's own double opt-in may."""
    session.execute(delete(Suppression).where(Suppression.address_index == address_index))


def holds(session: Session, address_index: bytes) -> bool:
    """Tell whether an address is suppressed."""
    return session.get(Suppression, address_index) is not None
