"""An attack on our doors, and what a visitor's browser does about it."""

from datetime import UTC, datetime, timedelta

import altcha
from flask import Flask
from sqlalchemy import select

from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent
from mailer.models.requests import SubscriptionRequest


def flood(app: Flask, count: int) -> None:
    """Let so many requests have come in lately, none of them confirmed."""
    now = datetime.now(UTC)
    with transaction() as session:
        kept = consent.keep_wording(session, "I agree.")
        session.add_all(_request(kept, now) for _ in range(count))
    forget(app)


def forget(app: Flask) -> None:
    """Have the process look for an attack anew."""
    app.extensions.pop("samizdat.attack", None)


def solved(asked: altcha.Challenge) -> str:
    """Return the proof that a browser posts for a challenge."""
    found = altcha.solve_challenge(asked)
    assert found
    return altcha.Payload(asked, found).to_base64()


def waits(address: str) -> tuple[bool, timedelta]:
    """Return whether the request of an address was proven, and how long it waits."""
    with transaction() as session:
        index = addresses.index(keyring(session), address)
        of_address = SubscriptionRequest.address_index == index
        row = session.scalars(select(SubscriptionRequest).where(of_address)).one()
        return row.proven, row.due_at - row.asked_at


def _request(wording_hash: bytes, now: datetime) -> SubscriptionRequest:
    return SubscriptionRequest(
        address_index=b"i",
        canonical_index=b"c",
        domain_tag=b"d",
        language="en",
        topics=[],
        wording_hash=wording_hash,
        source="flood",
        asked_at=now,
        due_at=now,
        answered_at=now,
    )
