"""Proofs: what shows that we may mail somebody, for staff who were asked; found by the whole address."""

from typing import Final

from sqlalchemy.orm import Session

from db.sealed import keyring
from mailer import addresses, disclosure, subscribers
from mailer.disclosure import Record
from mailer.models.subscribers import Subscriber, Suppression

REASONS: Final = ("asked us", "complained", "address is dead")
"""Why staff end somebody's subscription; never a text of their own, which could name a person."""

_SHOWN: Final = (
    "number",
    "state",
    "language",
    "created_at",
    "confirmed_at",
    "ended_at",
    "ended_reason",
    "paused_until",
)
"""What staff need to see; the address is what they came with, a certificate names its owner."""


def of(session: Session, subscriber: Subscriber) -> Record:
    """Return a subscriber's state, topics, chain of consent events and suppression, as JSON can say it."""
    all_of_it = disclosure.gather(session, subscriber)
    return {
        "subscriber": {name: all_of_it["subscriber"][name] for name in _SHOWN},
        "topics": all_of_it["topics"],
        "consent_events": all_of_it["consent_events"],
        "suppression": all_of_it["suppression"],
    }


def of_address(session: Session, address: str) -> Record:
    """Return the same for a normalised address; `subscriber` is None where we hold at most a suppression."""
    found = subscribers.find(session, address)
    if found is not None:
        return of(session, found)
    row = session.get(Suppression, addresses.index(keyring(session), address))
    suppression = row and {"reason": row.reason, "since": row.created_at.isoformat()}
    return {"subscriber": None, "topics": [], "consent_events": [], "suppression": suppression}


def get(session: Session, subscriber_id: int) -> Subscriber | None:
    """Return a subscriber of whom something is left, by number."""
    found = session.get(Subscriber, subscriber_id)
    return found if found is not None and found.erased_at is None else None
