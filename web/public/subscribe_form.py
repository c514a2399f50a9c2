"""The subscribe form: what was typed, and what of it must be mended, in sentences beside the fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from flask import current_app, request

from config import languages, limits
from db.session import transaction
from mailer import addresses, topics
from mailer.models.subscribers import Topic
from web import forms, words

N_ = languages.N_
_SEEN: Final = "samizdat.offer"
NAME: Final = "subscribe"
"""What the form's nonce is signed for."""

STALE: Final = N_(
    "This page was open for more than 12 hours, or was changed on its way to us. What you entered is "
    "still here: please look it over and press the button once more."
)
TOO_LARGE: Final = N_(
    "What you sent is longer than we accept. An email address is all we need here."
)
NOT_TEXT: Final = N_(
    "This holds characters that are not text. Please type it instead of pasting it."
)
NO_TOPIC: Final = N_("Please choose at least one topic.")
UNKNOWN_TOPIC: Final = N_(
    "One of the topics is not on offer any more. Please choose from those below."
)
UNKNOWN_LANGUAGE: Final = N_("We do not write in this language. Please choose from those below.")

Faults = dict[str, str]
"""Field (address, topics, language, or form for the whole) -> the sentence beside it, in English."""


class Faulty(ValueError):
    """An entry cannot be acted on before some of it is mended."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass
class _Seen:
    """The topics that this process found on offer, and until when it believes it."""

    offered: frozenset[str] = frozenset()
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What a visitor entered: an address as it was typed, topics by slug, the language of their mails."""

    address: str = ""
    topics: frozenset[str] = frozenset()
    language: str = ""


def blank(offered: Sequence[Topic]) -> Entry:
    """Return the form as it is first shown: with the topics of `?topic=`, or the only one there is."""
    wanted = frozenset(request.args.getlist("topic")) & {topic.slug for topic in offered}
    ticked = wanted or frozenset(t.slug for t in offered if len(offered) == 1)
    return Entry(topics=ticked, language=words.of_mails())


def posted() -> Entry:
    """Return what was posted; a form that does not ask for a language has the visitor's own."""
    fields = request.form
    return Entry(
        address=fields.get("address", ""),
        topics=frozenset(fields.getlist("topic")),
        language=fields.get("language", "") or words.of_mails(),
    )


def address(entry: Entry) -> str:
    """Return the address in its normal form; raise Faulty with all that must be mended at once."""
    found: Faults = {}
    try:
        forms.check(NAME)
    except forms.StaleForm:
        found["form"] = STALE
    try:
        normal = addresses.normalise(entry.address)
    except addresses.BadAddress as bad:
        found["address"] = str(bad)
    if not entry.topics:
        found["topics"] = NO_TOPIC
    elif not _are_offered(entry.topics):
        found["topics"] = UNKNOWN_TOPIC
    if entry.language not in words.offered():
        found["language"] = UNKNOWN_LANGUAGE
    if found:
        raise Faulty(found)
    return normal


def _are_offered(slugs: frozenset[str]) -> bool:
    """Tell whether all of these are on offer; a yes is believed for a second, a no is asked again.

    A topic retired within that second is asked for as it could have been a second earlier.
    """
    seen: _Seen = current_app.extensions.setdefault(_SEEN, _Seen())
    if monotonic() >= seen.until or slugs - seen.offered:
        with transaction() as session:
            seen.offered = frozenset(topic.slug for topic in topics.offered(session))
        seen.until = monotonic() + limits.OFFER_MEMORY_SECONDS
    return not slugs - seen.offered


def status(found: Faults) -> int:
    """Return 400 where only the form itself was stale, else 422: a field must be mended."""
    return 400 if set(found) == {"form"} else 422
