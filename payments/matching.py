"""Matching: our own rows beside each other, gifts with payments, ledger and receipts; Stripe is not asked.

Each question is one SELECT that gives the first ids and counts all of them, so that it takes no memory.
"""

from typing import Final

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.orm import Session

from config import limits
from payments import recipients, standing
from payments.comparing import Lag
from payments.findings import Finding, Ids, Waiting
from payments.models.events import EventState, StripeEvent
from payments.models.giving import Donation

_QUESTIONS: Final = {
    Finding.GIFT_WITHOUT_PAYMENT: """
        SELECT CAST(d.reference AS text) FROM donation d
         WHERE d.state = 'paid'
           AND 1 <> (SELECT count(*) FROM payment p WHERE p.donation_id = d.id AND NOT p.duplicate)
    """,
    Finding.PAYMENT_WITHOUT_GIFT: """
        SELECT p.payment_intent_id FROM payment p LEFT JOIN donation d ON d.id = p.donation_id
         WHERE d.id IS NULL OR d.state <> 'paid'
    """,
    Finding.UNSETTLED_PAYMENT: """
        SELECT p.payment_intent_id FROM payment p
         WHERE NOT (p.paid_at > :since AND p.paid_at <= :until)
           AND NOT EXISTS (SELECT FROM ledger_entry l WHERE l.source_id = p.charge_id)
    """,
    Finding.UNMATCHED_CHARGE: """
        SELECT l.balance_transaction_id FROM ledger_entry l
         WHERE l.reporting_category = 'charge'
           AND NOT (l.made_at > :since AND l.made_at <= :until)
           AND NOT EXISTS (SELECT FROM payment p WHERE p.charge_id = l.source_id)
    """,
    Finding.UNWRITTEN_GIFT: """
        SELECT CAST(d.reference AS text) FROM donation d
         WHERE d.state = 'paid' AND d.channel <> 'stripe'
           AND d.amount <> (SELECT coalesce(sum(l.net), 0) FROM ledger_entry l
                             WHERE l.balance_transaction_id IN
                                   ('offline:' || d.reference, 'offline:' || d.reference || '\\:1'))
                         + (SELECT coalesce(sum(f.amount), 0) FROM refund f
                             WHERE f.refund_id = 'offline:' || d.reference || '\\:1')
    """,
    Finding.MISSING_RECEIPT: """
        SELECT CAST(d.reference AS text) FROM donation d
         WHERE d.state = 'paid' AND d.donor_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM receipt r WHERE r.donation_id = d.id)
    """,
}

_UNUSUAL: Final = text("""
    SELECT DISTINCT ON (d.id) d.id, r.amount, r.currency
      FROM donation d JOIN receipt r ON r.donation_id = d.id
     WHERE d.id > :after
       AND (d.amount <> r.amount OR d.currency <> r.currency OR EXISTS (
              SELECT FROM payment p WHERE p.donation_id = d.id
                 AND (EXISTS (SELECT FROM refund f WHERE f.payment_intent_id = p.payment_intent_id)
                   OR EXISTS (SELECT FROM dispute x
                               WHERE x.payment_intent_id = p.payment_intent_id))))
     ORDER BY d.id, r.id DESC LIMIT :limit
""")
"""Gifts that were disputed or given back, or whose receipt says another amount, with their last receipt."""

_NAMELESS: Final = text("""
    SELECT d.id FROM donation d
     WHERE d.id > :after AND d.state = 'paid' AND d.donor_id IS NULL AND d.words IS NOT NULL
       AND NOT EXISTS (SELECT FROM receipt r WHERE r.donation_id = d.id)
     ORDER BY d.id LIMIT :limit
""")
"""Gifts without a donor and without a receipt: whether they name a giver is sealed."""


def questions(session: Session, lag: Lag) -> dict[Finding, Ids]:
    """Answer every question that needs no rule beyond the rows (check c, and half of d)."""
    values = {"since": lag.since, "until": lag.until, "shown": limits.BOOKS_IDS_SHOWN}
    return {
        kind: _answer(session, _counted(question), values) for kind, question in _QUESTIONS.items()
    }


def receipts(session: Session, *, after: int, found: Ids) -> int | None:
    """Hold a chunk of the unusual gifts against what their last receipt says (check d).

    Return the number of the last one, from which to go on; None where there is none behind `after`.
    """
    rows = session.execute(_UNUSUAL, {"after": after, "limit": limits.BOOKS_CHUNK}).all()
    for donation_id, amount, currency in rows:
        donation = session.get_one(Donation, donation_id)
        if (standing.of(session, donation).kept, donation.currency) != (amount, currency):
            found.add([str(donation.reference)])
    return rows[-1][0] if rows else None


def nameless(session: Session, *, after: int, found: Ids) -> int | None:
    """Open what a chunk of the gifts without a donor say, and note who is named and has no receipt.

    Return the number of the last one, from which to go on; None where there is none behind `after`.
    """
    ids = session.scalars(_NAMELESS, {"after": after, "limit": limits.BOOKS_CHUNK}).all()
    for donation_id in ids:
        donation = session.get_one(Donation, donation_id)
        if recipients.is_known(session, donation):
            found.add([str(donation.reference)])
    return ids[-1] if ids else None


def waiting(session: Session) -> Waiting:
    """Return the oldest event that is not applied, how many there are, and how many were given up."""
    new, dead = StripeEvent.state == EventState.NEW, StripeEvent.state == EventState.DEAD
    oldest = session.scalar(select(func.min(StripeEvent.received_at)).where(new))
    counts = [
        session.scalars(select(func.count()).select_from(StripeEvent).where(where)).one()
        for where in (new, dead)
    ]
    return Waiting(oldest, *counts)


def _counted(question: str) -> TextClause:
    """Have a question count all it finds beside the first of them."""
    return text(f"SELECT id, count(*) OVER () FROM ({question}) AS found (id) LIMIT :shown")  # noqa: S608 - written above


def _answer(session: Session, question: TextClause, values: dict[str, object]) -> Ids:
    rows = session.execute(question, values).all()
    return Ids(rows[0][1] if rows else 0, [row[0] for row in rows])
