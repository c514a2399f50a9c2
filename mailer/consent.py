"""Consent events: an append-only record of what a person agreed to, in which words."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import languages
from mailer.models.subscribers import ConsentEvent, ConsentKind, ConsentWording, Subscriber

WORDING: Final = languages.N_(
    "I ask %(organisation)s to mail me its press releases on the topics I have chosen. "
    "Every mail has a link that ends this at once. No mail tells %(organisation)s whether I read it."
)
"""The words beside the subscribe button; a change of them makes a new wording, the old one is kept."""

REASONS: Final = (
    "too-often",
    "not-expected",
    "never-asked",
    "not-interested",
    "safety",
    "other",
)
"""Why somebody may say they leave; never their own text, which could name a person."""


def wording(organisation: str, language: str = languages.SOURCE) -> str:
    """Return the words a visitor agrees to, in their language: each translation is a wording of its own."""
    return languages.translations(language).gettext(WORDING) % {"organisation": organisation}


def keep_wording(session: Session, text: str) -> bytes:
    """Keep a wording once and return its hash."""
    digest = hashlib.sha256(text.encode()).digest()
    session.execute(insert(ConsentWording).values(hash=digest, text=text).on_conflict_do_nothing())
    return digest


def record(
    session: Session,
    subscriber: Subscriber,
    kind: ConsentKind,
    *,
    at: datetime,
    source: str,
    wording_hash: bytes | None = None,
    topics: Sequence[str] = (),
    reason: str | None = None,
) -> None:
    """Append one consent event; `reason` is a word of REASONS, where somebody told why they left."""
    session.add(
        ConsentEvent(
            subscriber_id=subscriber.id,
            kind=kind,
            at=at,
            source=source,
            wording_hash=wording_hash,
            topics=list(topics),
            reason=reason,
        )
    )
