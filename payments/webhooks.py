"""What a webhook's raw bytes say, once they are known to be Stripe's: an event's own fields, no object's.

Read by hand and not by the library, so that a body of any shape is refused and breaks nothing.
"""

import json
from datetime import UTC, datetime
from typing import Final

from config import limits
from payments.gateway import BadWebhook, Event

_BROKEN: Final = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
    OSError,
)
"""What comes of reading JSON that is not as it should be, however deep and however large."""


def check_age(header: str, *, now: datetime) -> None:
    """Raise BadWebhook where a signature is not of now: the library looks at neither bound of the future."""
    if len(header) > limits.SIGNATURE_LENGTH or not header.isascii():
        raise BadWebhook("its signature cannot be read")
    try:
        # The first, because the library verifies the first.
        made = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
    except (StopIteration, ValueError):
        raise BadWebhook("its signature has no time") from None
    if abs(int(now.timestamp()) - made) > limits.WEBHOOK_AGE_SECONDS:
        raise BadWebhook("its signature is not of now: do both clocks agree?")


def read(body: bytes, *, live: bool) -> Event:
    """Read a verified body; raise BadWebhook where it is no event, or of the other mode."""
    try:
        event = _event(json.loads(body.decode()))
    except _BROKEN:
        raise BadWebhook("its body is no event that we can read") from None
    if event.livemode is not live:
        raise BadWebhook("it is of the other mode: live and test have a secret each")
    return event


def _event(told: dict[str, object]) -> Event:
    if told["object"] != "event" or not isinstance(told["livemode"], bool):
        raise ValueError
    data = told["data"]
    about = data["object"]  # type: ignore[index] # what is no dict raises what `read` expects
    version = told.get("api_version")
    return Event(
        id=_word(told["id"]),
        type=_word(told["type"]),
        object_kind=_word(about["object"]),
        # The balance has none.
        object_id=_word(about.get("id", "")),
        api_version=None if version is None else _word(version),
        livemode=told["livemode"],
        made_at=_moment(told["created"]),
    )


def _word(value: object) -> str:
    """Return an id or a name; raise ValueError for what is none, a NUL that no column takes included."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ValueError
    if len(value) > limits.EVENT_WORD_LENGTH:
        raise ValueError
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, int):
        raise TypeError
    return datetime.fromtimestamp(value, UTC)
