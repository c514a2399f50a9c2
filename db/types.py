"""Column types: times that are always aware and UTC, and enumerations stored by their value."""

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; a naive one is refused, because nobody can say what hour it names."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Convert to UTC on the way in; raise ValueError for a naive time."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Convert to UTC on the way out, whatever the session's time zone is."""
        return value.astimezone(UTC) if value is not None else None


class Word(TypeDecorator[Any]):
    """A string enumeration, stored as its value so that a person who reads the table understands it."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[enum.StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: enum.StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Store the value; raise ValueError for a word the enumeration does not have."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> enum.StrEnum | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the member; raise ValueError for a word the enumeration does not have."""
        return None if value is None else self.kind(value)
