"""Requests that come from other sites' pages: checked and written down as those of our own form are."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from config import languages
from config.languages import N_
from mailer import addresses, consent, requests, topics
from mailer.models.subscribers import ConsentWording
from web import challenge, words
from wiring import names
from wiring.core import core

HASH: Final = "^[0-9a-f]{64}$"
LANGUAGE: Final = "^[a-z]{2}$"

NO_TOPIC: Final = N_("Please choose at least one topic.")
UNKNOWN_TOPIC: Final = N_(
    "One of the topics is not on offer any more. Our own form has those that are."
)
UNKNOWN_LANGUAGE: Final = N_("We do not write in this language. Our own form has those that we do.")
UNKNOWN_WORDING: Final = N_(
    "The words of consent beside that form are none of ours. Please use our own form."
)

Faults = dict[str, str]
"""Field (address, topics, language, wording_hash) -> the sentence beside it, in English."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that a person agrees to, and the SHA-256 they are named by, in hexadecimal digits."""

    language: str
    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What another site's page sent: everything as it was typed, None or "" where it was left out."""

    address: str
    topics: Sequence[str]
    language: str | None
    wording_hash: str | None
    proof: str = ""


def language(text: str) -> str | None:
    """Return a language as it was posted, None for one that our mails are not in."""
    return text if text in words.offered() else None


def wording(code: str) -> Wording:
    """Return the words of consent of today in a language, in English where we do not have them."""
    text = consent.wording(core().organisation.name, code)
    return Wording(code, text, hashlib.sha256(text.encode()).hexdigest())


def wordings() -> list[Wording]:
    """Return the words of consent of today in each language."""
    return [wording(each.code) for each in languages.LANGUAGES]


def hand_in(session: Session, entry: Entry, *, source: str, now: datetime) -> Faults:
    """Write a request down, or return a sentence for each field to mend.

    Nothing about the address is looked up, so neither answer nor time tells what we know of it.
    """
    shown = _shown(session, entry)
    faults = _faults(session, entry)
    if shown is None:
        return faults | {"wording_hash": UNKNOWN_WORDING}
    if not faults:
        attacked = challenge.is_wanted(session, now=now)
        proven = attacked and challenge.is_solved(session, entry.proof, now=now)
        asked = requests.Entry(
            address=addresses.normalise(entry.address),
            topics=sorted(set(entry.topics)),
            language=_language(entry),
            wording=shown,
            source=source,
            network=request.remote_addr,
            proven=proven,
            wait=challenge.wait(attacked=attacked, proven=proven),
        )
        requests.ask(session, asked, now=now)
    return faults


def ring() -> None:
    """Tell a worker, once what `hand_in` wrote is committed."""
    core().bell.ring_soon(names.ANSWER)


def _faults(session: Session, entry: Entry) -> Faults:
    found: Faults = {}
    try:
        addresses.normalise(entry.address)
    except addresses.BadAddress as bad:
        found["address"] = str(bad)
    if not entry.topics:
        found["topics"] = NO_TOPIC
    elif set(entry.topics) - {topic.slug for topic in topics.offered(session)}:
        found["topics"] = UNKNOWN_TOPIC
    if _language(entry) not in words.offered():
        found["language"] = UNKNOWN_LANGUAGE
    return found


def _language(entry: Entry) -> str:
    return entry.language or core().settings.org_language


def _shown(session: Session, entry: Entry) -> str | None:
    """Return the words a hash names: today's, or older ones that somebody has agreed to already."""
    digest = entry.wording_hash
    if digest is None:
        return wording(_language(entry)).text
    today = {each.hash: each.text for each in wordings()}
    if digest in today or not re.fullmatch(HASH, digest):
        return today.get(digest)
    kept = session.get(ConsentWording, bytes.fromhex(digest))
    return kept.text if kept else None
