"""The subscribe form: what was typed, and what of it must be mended, in sentences beside the fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import request

from mailer import addresses
from mailer.models.subscribers import Topic
from web import forms

NAME: Final = "subscribe"
"""What the form's nonce is signed for."""

STALE: Final = (
    "This page was open for more than 12 hours, or was changed on its way to us. What you entered is "
    "still here: please look it over and press the button once more."
)
TOO_LARGE: Final = "What you sent is longer than we accept. An email address is all we need here."
NOT_TEXT: Final = "This holds characters that are not text. Please type it instead of pasting it."
NO_TOPIC: Final = "Please choose at least one topic."
UNKNOWN_TOPIC: Final = "One of the topics is not on offer any more. Please choose from those below."

Faults = dict[str, str]
"""Field (address, topics, or form for the whole) -> the sentence beside it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a visitor entered: an address as it was typed, and topics by slug."""

    address: str = ""
    topics: frozenset[str] = frozenset()


def blank(offered: Sequence[Topic]) -> Entry:
    """Return the form as it is first shown: with the topics of `?topic=`, or the only one there is."""
    wanted = frozenset(request.args.getlist("topic")) & {topic.slug for topic in offered}
    return Entry(topics=wanted or frozenset(t.slug for t in offered if len(offered) == 1))


def posted() -> Entry:
    """Return what was posted."""
    return Entry(request.form.get("address", ""), frozenset(request.form.getlist("topic")))


def faults(entry: Entry, offered: Sequence[Topic]) -> Faults:
    """Return everything that must be mended, all at once; empty where the entry can be acted on."""
    found: Faults = {}
    try:
        forms.check(NAME)
    except forms.StaleForm:
        found["form"] = STALE
    try:
        addresses.normalise(entry.address)
    except addresses.BadAddress as bad:
        found["address"] = str(bad)
    if not entry.topics:
        found["topics"] = NO_TOPIC
    elif entry.topics - {topic.slug for topic in offered}:
        found["topics"] = UNKNOWN_TOPIC
    return found


def status(found: Faults) -> int:
    """Return 400 where only the form itself was stale, else 422: a field must be mended."""
    return 400 if set(found) == {"form"} else 422
