"""The form of a subscriber's choices: what was chosen, and what of it must be mended."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from flask import request

from config import languages, limits
from mailer.models.subscribers import Subscriber, Topic
from mailer.preferences import Preferences

N_ = languages.N_
NO_TOPIC: Final = N_("Please keep at least one topic. To hear nothing more, leave the list below.")
UNKNOWN_TOPIC: Final = N_(
    "One of the topics is not on offer any more. Please choose from those below."
)
UNKNOWN_LANGUAGE: Final = N_("We do not write in this language. Please choose from those below.")
BAD_DATE: Final = N_("Please give a day as year-month-day, such as 2030-12-31, or leave it empty.")
DATE_RANGE: Final = N_("A pause ends tomorrow at the earliest, and a year from now at the latest.")

Faults = dict[str, str]
"""Field -> the sentence beside it, in English."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the form: topics by slug, language, the last day of a pause as it was typed."""

    topics: frozenset[str]
    language: str
    paused_until: str
    plain_only: bool


def of(subscriber: Subscriber, *, now: datetime) -> Entry:
    """Return the form as it is first shown: what the subscriber has chosen."""
    until = subscriber.paused_until
    return Entry(
        topics=frozenset(topic.slug for topic in subscriber.topics),
        language=subscriber.language,
        paused_until=until.date().isoformat() if until and until > now else "",
        plain_only=subscriber.plain_only,
    )


def posted() -> Entry:
    """Return what was posted."""
    fields = request.form
    return Entry(
        topics=frozenset(fields.getlist("topic")),
        language=fields.get("language", ""),
        paused_until=fields.get("paused_until", "").strip(),
        plain_only="plain_only" in fields,
    )


def faults(
    entry: Entry, *, offered: Sequence[Topic], spoken: Collection[str], today: date
) -> Faults:
    """Return everything that must be mended; empty where the entry can be acted on."""
    found: Faults = {}
    if not entry.topics:
        found["topics"] = NO_TOPIC
    elif entry.topics - {topic.slug for topic in offered}:
        found["topics"] = UNKNOWN_TOPIC
    if entry.language not in spoken:
        found["language"] = UNKNOWN_LANGUAGE
    try:
        day = _day(entry)
    except ValueError:
        found["paused_until"] = BAD_DATE
    else:
        first, last = pause_range(today)
        if day is not None and not first <= day <= last:
            found["paused_until"] = DATE_RANGE
    return found


def wanted(entry: Entry) -> Preferences:
    """Return what an entry without faults asks for; mails come again with the day that was given."""
    day = _day(entry)
    return Preferences(
        topics=entry.topics,
        language=entry.language,
        paused_until=datetime.combine(day, time(), UTC) if day else None,
        plain_only=entry.plain_only,
    )


def pause_range(today: date) -> tuple[date, date]:
    """Return the first and the last day that a pause may end with."""
    return today + timedelta(days=1), today + timedelta(days=limits.PAUSE_DAYS)


def _day(entry: Entry) -> date | None:
    return date.fromisoformat(entry.paused_until) if entry.paused_until else None
