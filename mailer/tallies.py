"""Tallies: what became of an announcement's deliveries, counted in the database, and a hash over them all."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from config import limits
from mailer import cases
from mailer.models.deliveries import FINAL, Delivery, DeliveryState

NO_ANSWER: Final = "none"
"""The class of deliveries that no relay answered: skipped, or in doubt."""

Tally = dict[str, Any]


def by_provider(session: Session, announcement_id: int) -> Mapping[str, Tally]:
    """Return for each provider how many deliveries ended how, and by which class of answer (RFC 3463 2)."""
    answer = func.coalesce(func.left(cases.code(), 1), NO_ANSWER)
    provider = cases.provider()
    rows = session.execute(
        select(provider, Delivery.state, answer, func.count())
        .where(Delivery.announcement_id == announcement_id)
        .group_by(provider, Delivery.state, answer)
    )
    found: defaultdict[str, Tally] = defaultdict(_empty)
    for name, state, kind, count in rows:
        tally = found[name]
        tally["recipients"] += count
        tally[state] = tally.get(state, 0) + count
        tally["answers"][kind] = tally["answers"].get(kind, 0) + count
    return found


def by_reason(session: Session, announcement_id: int, state: DeliveryState) -> Tally:
    """Return the most frequent reasons of a state, each with its code and count, and how many had another."""
    reason, code = func.coalesce(Delivery.reason, ""), func.coalesce(cases.code(), "")
    # The order of bytes, which no server's language changes: the same rows are the same report.
    order = func.count().desc(), reason.collate("C")
    ours = Delivery.announcement_id == announcement_id, Delivery.state == state
    rows = session.execute(
        select(code, reason, func.count())
        .where(*ours)
        .group_by(code, reason)
        .order_by(*order)
        .limit(limits.REPORT_REASONS)
    ).all()
    named = [{"code": code, "reason": reason, "count": count} for code, reason, count in rows]
    total = session.scalar(select(func.count()).select_from(Delivery).where(*ours)) or 0
    return {"reasons": named, "other_reasons": total - sum(row[2] for row in rows)}


def answers(tallies: Sequence[Tally]) -> dict[str, int]:
    """Add up the classes of answers over all providers."""
    whole: defaultdict[str, int] = defaultdict(int)
    for tally in tallies:
        for kind, count in tally["answers"].items():
            whole[kind] += count
    return dict(whole)


_CHUNKS: Final = text("""
    SELECT sha256(convert_to(string_agg(said, E'\n' ORDER BY id), 'UTF8'))
      FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / :size AS chunk,
                   json_build_array(id, state, attempts, doubts, reason, provider)::text AS said
              FROM delivery WHERE announcement_id = :announcement) AS rows
     GROUP BY chunk ORDER BY chunk
""")


def ledger_digest(session: Session, announcement_id: int) -> bytes:
    """Return a SHA-256 over what every single delivery says, in order of id; its reader aside."""
    values = {"size": limits.REPORT_CHUNK, "announcement": announcement_id}
    whole = hashlib.sha256()
    for chunk in session.scalars(_CHUNKS, values):
        whole.update(chunk)
    return whole.digest()


def _empty() -> Tally:
    return {"recipients": 0, "answers": {}} | dict.fromkeys(sorted(map(str, FINAL)), 0)
