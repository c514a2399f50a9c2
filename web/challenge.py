"""The proof of work that we ask for while our doors are under attack (ALTCHA, hosted by us).

A challenge is signed and dated, and each solution is good once, by a row that the form and the API share.
Who has no script sends the form without one, and waits longer for the mail: nobody is kept out, but a
flood is slow or costs work.
"""

import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, cast

import altcha
from flask import current_app, request
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import derived, limits
from db.session import transaction
from mailer import requests
from mailer.models.requests import SpentChallenge
from wiring.core import core

FIELD: Final = "proof"
ALGORITHM: Final = "PBKDF2/SHA-256"
PAYLOAD_LENGTH: Final = 4_000
CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; script-src 'self'"
)
"""The one public page with a script, and only while it is under attack."""

_SEEN: Final = "samizdat.attack"


@dataclass
class _Seen:
    """What this process found out about an attack, and until when it believes it."""

    attack: bool = False
    until: float = 0.0


def is_wanted(session: Session, *, now: datetime) -> bool:
    """Tell whether the form asks for work just now; the database is asked every few seconds."""
    seen = _seen()
    if monotonic() >= seen.until:
        seen.attack = requests.under_attack(session, now=now)
        seen.until = monotonic() + limits.ATTACK_MEMORY_SECONDS
    return seen.attack


def is_wanted_now(*, now: datetime) -> bool:
    """Tell the same where no session is open: one is opened only to look anew."""
    seen = _seen()
    if monotonic() < seen.until:
        return seen.attack
    with transaction() as session:
        return is_wanted(session, now=now)


def make(*, now: datetime) -> str:
    """Return a new challenge as JSON for the page."""
    challenge = altcha.create_challenge(
        ALGORITHM,
        limits.CHALLENGE_COST,
        expires_at=now + timedelta(seconds=limits.CHALLENGE_SECONDS),
        hmac_secret=_key(),
    )
    return json.dumps(challenge.to_dict())


def is_solved(session: Session, payload: str, *, now: datetime) -> bool:
    """Tell whether this is a solution to a challenge of ours that nobody handed in before, and spend it."""
    if not payload or len(payload) > PAYLOAD_LENGTH or not _verifies(payload):
        return False
    # By the challenge and not by the text: one solution can be spelled in many ways.
    digest = hashlib.sha256(_nonce(payload)).digest()
    spent = (
        insert(SpentChallenge)
        .values(digest=digest, expires_at=now + timedelta(seconds=limits.CHALLENGE_SECONDS))
        .on_conflict_do_nothing()
        .returning(SpentChallenge.digest)
    )
    return session.scalar(spent) is not None


def is_posted(*, now: datetime) -> bool:
    """Tell whether the form of this request came with a solution, and spend it."""
    proof = request.form.get(FIELD, "")
    if not proof:
        return False  # so that a flood without work costs no transaction
    with transaction() as session:
        return is_solved(session, proof, now=now)


def wait(*, attacked: bool, proven: bool) -> timedelta:
    """Return how long a request waits before a worker looks at it."""
    return timedelta(seconds=limits.SLOW_WAY_SECONDS if attacked and not proven else 0)


def _seen() -> _Seen:
    return cast(_Seen, current_app.extensions.setdefault(_SEEN, _Seen()))


def _verifies(payload: str) -> bool:
    try:
        return bool(altcha.verify_solution(payload, _key()).verified)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False  # the library says that of most garbage by itself


def _nonce(payload: str) -> bytes:
    value = json.loads(binascii.a2b_base64(payload))
    return str(value["challenge"]["parameters"]["nonce"]).lower().encode()


def _key() -> bytes:
    return derived.challenge_key(core().settings)
