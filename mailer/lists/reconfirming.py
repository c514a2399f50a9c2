"""People of a list asked again: each a paced subscription request, for whom no proof came with the list.

`mailer.requests` answers a request past a cap by sending nothing. So an import stays under the caps by
itself: at most RECONFIRM_A_MINUTE in all, and a share of the cap of each recipient domain. Else the
people behind a full cap would be lost, and visitors would find the caps used up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from config import limits
from db import driver
from db.sealed import Keyring, keyring
from mailer import addresses, consent, providers, requests
from mailer.lists import storing
from mailer.lists.chunks import Sealed
from mailer.lists.imports import Progress
from mailer.lists.storing import Outcome


@dataclass(frozen=True)
class Pace:
    """How many people an import asks in a minute, and in whose name."""

    a_minute: int
    organisation: str


def ask(
    session: Session,
    rows: Collection[Sealed],
    *,
    progress: Progress,
    pace: Pace,
    now: datetime,
) -> Outcome:
    """Queue a request for each row who is neither confirmed nor gone, behind those queued before.

    Needs addresses sealed for the request's column. Rows beyond the queue's days are refused.
    """
    keys = keyring(session)
    step = timedelta(minutes=1) / pace.a_minute
    told = {
        "source": progress.source,
        "now": now,
        "first": max(now, progress.since + progress.added * step),
        "step": step,
        "last": now + timedelta(days=limits.RECONFIRM_DAYS),
    }
    wordings = _keep_wordings(session, rows, pace.organisation)
    session.execute(text(_TABLE))
    with driver.cursor(session).copy(_COPY) as copy:
        for number, row in enumerate(rows):
            copy.write_row((number, wordings[row.ready.language], *_values(row, keys)))
    for statement in (_SUPPRESSED, _KNOWN, _DUPLICATE, _DUE, _LATER, _ASK):
        session.execute(text(statement), told)
    return storing.outcome(session)


def _keep_wordings(
    session: Session, rows: Collection[Sealed], organisation: str
) -> dict[str, bytes]:
    """Keep the words that the rows' people agree to, in their languages; return the hashes."""
    words = {each: consent.wording(organisation, each) for each in {r.ready.language for r in rows}}
    hashes = {text: consent.keep_wording(session, text) for text in sorted(set(words.values()))}
    return {language: hashes[text] for language, text in words.items()}


def _values(row: Sealed, keys: Keyring) -> tuple[object, ...]:
    address = row.ready.address
    return (
        row.index,
        row.blob,
        row.ready.language,
        [topic.slug for topic in row.ready.topics],
        keys.index("canonical", addresses.canonical(address)),
        requests.domain_tag(keys, address),
        _spacing(address),
    )


def _spacing(address: str) -> timedelta:
    """Return how far two requests to this address's domain are apart."""
    large = providers.provider_of(addresses.canonical_domain(address)) is not None
    cap = limits.ASKED_PER_LARGE_DOMAIN if large else limits.ASKED_PER_DOMAIN
    return timedelta(hours=1) / (cap * limits.RECONFIRM_CAP_SHARE)


_TABLE: Final = """
    CREATE TEMPORARY TABLE list_row (
        number int, wording_hash bytea, address_index bytea PRIMARY KEY, address bytea, language text,
        topics text[], canonical_index bytea, domain_tag bytea, spacing interval,
        due_at timestamptz, outcome text
    ) ON COMMIT DROP
"""
_COPY: Final = """
    COPY list_row (number, wording_hash, address_index, address, language, topics,
                   canonical_index, domain_tag, spacing) FROM STDIN
"""
_SUPPRESSED: Final = """
    UPDATE list_row AS r SET outcome = 'suppressed'
      FROM suppression AS s WHERE s.address_index = r.address_index
"""
_KNOWN: Final = """
    UPDATE list_row AS r
       SET outcome = CASE s.state WHEN 'ended' THEN 'suppressed' ELSE 'unchanged' END
      FROM subscriber AS s
     WHERE s.address_index = r.address_index AND r.outcome IS NULL AND s.state <> 'pending'
"""
_DUPLICATE: Final = """
    UPDATE list_row AS r SET outcome = 'duplicate'
      FROM subscription_request AS q
     WHERE q.address_index = r.address_index AND q.source = :source AND r.outcome IS NULL
"""
# Each has a place in the queue of all, and one in the queue of its domain, behind what is waiting there.
_DUE: Final = """
    WITH waiting AS (
        SELECT domain_tag, max(due_at) AS until FROM subscription_request
         WHERE answered_at IS NULL AND source LIKE 'import %'
           AND domain_tag IN (SELECT domain_tag FROM list_row) GROUP BY domain_tag
    ), placed AS (
        SELECT r.address_index,
               :first + (row_number() OVER (ORDER BY r.number) - 1) * CAST(:step AS interval)
                   AS in_all,
               coalesce(w.until + r.spacing, :now) + r.spacing
                   * (row_number() OVER (PARTITION BY r.domain_tag ORDER BY r.number) - 1)
                   AS in_domain
          FROM list_row AS r LEFT JOIN waiting AS w USING (domain_tag) WHERE r.outcome IS NULL
    )
    UPDATE list_row AS r SET outcome = 'added', due_at = greatest(p.in_all, p.in_domain)
      FROM placed AS p WHERE p.address_index = r.address_index
"""
_LATER: Final = "UPDATE list_row SET outcome = 'later' WHERE due_at > :last"
_ASK: Final = """
    INSERT INTO subscription_request (
        address, address_index, canonical_index, domain_tag, language, topics, wording_hash,
        source, asked_at, due_at)
    SELECT address, address_index, canonical_index, domain_tag, language, topics, wording_hash,
           :source, :now, due_at
      FROM list_row WHERE outcome = 'added' ORDER BY number
"""
