"""A chunk of a list into the tables, in the caller's transaction: who is new, who is known, who stays out.

The chunk is copied into a temporary table; a few statements over whole sets do the rest.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db import driver
from mailer.lists.chunks import Sealed
from mailer.models.subscribers import ConsentWording, Topic

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"
SUPPRESSED, DUPLICATE, LATER = "suppressed", "duplicate", "later"
REASONS: Final = {
    SUPPRESSED: "suppressed: this person has left the list, or cannot be mailed",
    DUPLICATE: "the same address is in an earlier line",
    LATER: "the queue is full for a week: import this line again then",
}
"""Outcomes that refuse a row, with the sentence for the operator."""


@dataclass(frozen=True)
class Outcome:
    """What became of a chunk's rows: how many of each kind, and the refused ones by their index."""

    counts: dict[str, int]
    refused: dict[bytes, str]

    def count(self, kind: str) -> int:
        """Return how many rows ended so."""
        return self.counts.get(kind, 0)


def store(session: Session, rows: Collection[Sealed], *, source: str) -> Outcome:
    """Add who is new as confirmed, with topics and consent event; never bring back who left."""
    notes = keep_notes(session, rows)
    session.execute(text(_TABLE))
    with driver.cursor(session).copy(_COPY) as copy:
        for row in rows:
            ready = row.ready
            note = notes.get(ready.note)
            values = (ready.language, *_arrays(ready.topics), ready.confirmed_at, note)
            copy.write_row((row.index, row.blob, *values))
    for statement in _STATEMENTS:
        session.execute(text(statement), {"source": source})
    return outcome(session)


def outcome(session: Session) -> Outcome:
    """Read what the statements made of each row in the temporary table."""
    counts = {row.outcome: row.number for row in session.execute(text(_COUNTS))}
    refused = session.execute(text(_REFUSED), {"kinds": list(REASONS)})
    return Outcome(counts, {bytes(index): REASONS[kind] for index, kind in refused})


def keep_notes(session: Session, rows: Collection[Sealed]) -> dict[str, bytes]:
    """Keep each wording of the rows once; return their hashes by text."""
    notes = {row.ready.note for row in rows} - {""}
    hashes = {note: hashlib.sha256(note.encode()).digest() for note in sorted(notes)}
    if hashes:
        values = [{"hash": digest, "text": note} for note, digest in hashes.items()]
        session.execute(insert(ConsentWording).on_conflict_do_nothing(), values)
    return hashes


@lru_cache(1_000)
def _arrays(chosen: tuple[Topic, ...]) -> tuple[str, str]:
    """Write the numbers and the slugs of topics as PostgreSQL's arrays: few rows differ in them."""
    quoted = ('"' + topic.slug.replace("\\", r"\\").replace('"', r"\"") + '"' for topic in chosen)
    return f"{{{','.join(str(topic.id) for topic in chosen)}}}", f"{{{','.join(quoted)}}}"


# Half of each page is left for the outcome, which is written into every row.
_TABLE: Final = """
    CREATE TEMPORARY TABLE list_row (
        address_index bytea PRIMARY KEY, address bytea, language text, topic_ids bigint[],
        topics text[], confirmed_at timestamptz, wording_hash bytea,
        subscriber_id bigint, outcome text
    ) WITH (fillfactor = 45) ON COMMIT DROP
"""
_COPY: Final = """
    COPY list_row (address_index, address, language, topic_ids, topics, confirmed_at, wording_hash)
    FROM STDIN
"""
_SUPPRESSED: Final = """
    UPDATE list_row AS r SET outcome = 'suppressed'
      FROM suppression AS s WHERE s.address_index = r.address_index
"""
_ADD: Final = """
    WITH added AS (
        INSERT INTO subscriber (address, address_index, state, language, confirmed_at)
        SELECT address, address_index, 'confirmed', language, confirmed_at
          FROM list_row WHERE outcome IS NULL
        ON CONFLICT (address_index) DO NOTHING RETURNING id, address_index
    )
    UPDATE list_row AS r SET outcome = 'added', subscriber_id = a.id
      FROM added AS a WHERE a.address_index = r.address_index
"""
# What a person did here after the proof was given weighs more than the proof: who took a topic away
# keeps it away. An address of this import already is a line that repeats one of an earlier chunk.
_KNOWN: Final = """
    WITH known AS (
        SELECT s.id, s.state, s.address_index
          FROM list_row AS r JOIN subscriber AS s USING (address_index)
         WHERE r.outcome IS NULL ORDER BY s.id FOR UPDATE OF s
    )
    UPDATE list_row AS r SET subscriber_id = k.id, outcome = CASE
        WHEN k.state = 'ended' THEN 'suppressed'
        WHEN EXISTS (SELECT FROM consent_event AS e
                      WHERE e.subscriber_id = k.id AND e.source = :source) THEN 'duplicate'
        WHEN k.state = 'pending' THEN 'updated'
        WHEN EXISTS (SELECT FROM consent_event AS e
                      WHERE e.subscriber_id = k.id AND e.at >= r.confirmed_at
                        AND e.source NOT LIKE 'import %') THEN 'unchanged'
        WHEN r.topic_ids <@ ARRAY(SELECT t.topic_id FROM subscriber_topic AS t
                                   WHERE t.subscriber_id = k.id) THEN 'unchanged'
        ELSE 'updated' END
      FROM known AS k WHERE k.address_index = r.address_index
"""
_CONFIRM: Final = """
    UPDATE subscriber AS s SET state = 'confirmed', confirmed_at = r.confirmed_at
      FROM list_row AS r
     WHERE s.id = r.subscriber_id AND r.outcome = 'updated' AND s.state = 'pending'
"""
_EVENTS: Final = """
    INSERT INTO consent_event (subscriber_id, kind, at, source, wording_hash, topics)
    SELECT subscriber_id, 'confirmed', confirmed_at, :source, wording_hash, topics
      FROM list_row WHERE outcome IN ('added', 'updated')
"""
# Who is new has no topic yet, so that nothing needs to be asked of the index first.
_TOPICS_OF_ADDED: Final = """
    INSERT INTO subscriber_topic (subscriber_id, topic_id)
    SELECT subscriber_id, unnest(topic_ids) FROM list_row WHERE outcome = 'added'
"""
_TOPICS_OF_UPDATED: Final = """
    INSERT INTO subscriber_topic (subscriber_id, topic_id)
    SELECT subscriber_id, unnest(topic_ids) FROM list_row WHERE outcome = 'updated'
    ON CONFLICT DO NOTHING
"""
_STATEMENTS: Final = (
    *(_SUPPRESSED, _ADD, _KNOWN, _CONFIRM),
    *(_EVENTS, _TOPICS_OF_ADDED, _TOPICS_OF_UPDATED),
)
_COUNTS: Final = "SELECT outcome, count(*) AS number FROM list_row GROUP BY outcome"
_REFUSED: Final = "SELECT address_index, outcome FROM list_row WHERE outcome = ANY(:kinds)"
