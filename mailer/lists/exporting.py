"""The list as a file: the confirmed whom we may mail, row by row, as CSV or JSON Lines, in flat memory."""

import csv
import enum
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from config import limits
from db.sealed import CannotOpen, Keyring, keyring
from mailer import addresses
from mailer.lists import cells, mapping


class Format(enum.StrEnum):
    """How a list is written."""

    CSV = "csv"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return "text/csv" if self is Format.CSV else "application/x-ndjson"


class ExportBroken(Exception):
    """A subscriber's address does not open, so the list would not be whole; the message says whose."""


@dataclass(frozen=True, slots=True)
class Member:
    """A confirmed subscriber as a list names them."""

    email: str
    topics: list[str]
    language: str
    confirmed_at: datetime
    #: The words of the last consent, '' where none are kept.
    consent_note: str


def members(session: Session) -> Iterator[Member]:
    """Give the confirmed who have a topic and are not suppressed, by number; raise ExportBroken.

    Who has taken every topic away would get all of them where the list is imported.
    """
    keys = keyring(session)
    statement = text(_MEMBERS).execution_options(yield_per=limits.EXPORT_ROWS)
    with session.execute(statement) as rows:
        yield from (_member(keys, row) for row in rows)


def written(session: Session, kind: Format) -> Iterator[str]:
    """Give the list as text, in pieces of many rows; raise ExportBroken."""
    rows = members(session)
    yield from _csv(rows) if kind is Format.CSV else _jsonl(rows)


def _member(keys: Keyring, row: Row[tuple[object, ...]]) -> Member:
    try:
        address = addresses.unseal(keys, bytes(row.address), bytes(row.address_index))
    except CannotOpen as fault:
        raise ExportBroken(
            f"The address of subscriber {row.id} does not open: {fault}. The list was not exported whole."
        ) from None
    return Member(address, list(row.topics), row.language, row.confirmed_at, row.consent_note or "")


def _csv(rows: Iterator[Member]) -> Iterator[str]:
    """Write RFC 4180; what a spreadsheet would run is marked (`mailer.lists.cells`)."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(mapping.FIELDS)
    for row in rows:
        if page.tell() > limits.LIST_BLOCK_BYTES:
            yield page.getvalue()
            page.seek(0)
            page.truncate()
        writer.writerow(
            cells.safe(cell)
            for cell in (
                row.email,
                ";".join(row.topics),
                row.language,
                _time(row),
                row.consent_note,
            )
        )
    yield page.getvalue()


def _jsonl(rows: Iterator[Member]) -> Iterator[str]:
    for row in rows:
        values = (row.email, row.topics, row.language, _time(row), row.consent_note)
        fields = dict(zip(mapping.FIELDS, values, strict=True))
        yield f"{json.dumps(fields, ensure_ascii=False)}\n"


def _time(row: Member) -> str:
    return row.confirmed_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


_MEMBERS: Final = """
    SELECT s.id, s.address, s.address_index, s.language,
           s.confirmed_at,
           ARRAY(SELECT t.slug FROM subscriber_topic AS st JOIN topic AS t ON t.id = st.topic_id
                  WHERE st.subscriber_id = s.id ORDER BY t.position, t.id) AS topics,
           (SELECT w.text FROM consent_event AS e JOIN consent_wording AS w ON w.hash = e.wording_hash
             WHERE e.subscriber_id = s.id AND e.kind = 'confirmed'
             ORDER BY e.id DESC LIMIT 1) AS consent_note
      FROM subscriber AS s
     WHERE s.state = 'confirmed'
       AND EXISTS (SELECT FROM subscriber_topic AS st WHERE st.subscriber_id = s.id)
       AND NOT EXISTS (SELECT FROM suppression AS p WHERE p.address_index = s.address_index)
     ORDER BY s.id
"""
