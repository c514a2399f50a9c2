"""An offline gift as staff type it, in the console, a command or a line of a file: text becomes a gift."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Final, Self, TypeVar

from sqlalchemy.orm import Session

from config import languages
from mailer import addresses
from payments import amounts, offline_gifts
from payments.currencies import CURRENCIES
from payments.models.giving import Channel
from payments.offline_gifts import BadGift, Faults, OfflineGift
from wiring.core import core

T = TypeVar("T")

_CHANNEL: Final = (
    "Say how it came: " + ", ".join(each.value for each in offline_gifts.CHANNELS) + "."
)
_DAY: Final = "Write the day it arrived as 2026-11-20."
_CURRENCY: Final = "Write a currency by its three letters, such as EUR."
_LANGUAGE: Final = "We do not write receipts in this language; choose one of ours."


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed, by the names of the gift's fields; `anonymous` is anything for yes."""

    amount: str = ""
    currency: str = ""
    channel: str = ""
    received_on: str = ""
    fund_slug: str = ""
    address: str = ""
    name: str = ""
    postal_address: str = ""
    language: str = ""
    anonymous: str = ""
    message: str = ""

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> Self:
        """Return what a form's fields hold; those of other names are no part of it."""
        return cls(**{each.name: typed.get(each.name, "") for each in fields(cls)})

    def typed(self) -> dict[str, str]:
        """Return it by the names of its fields."""
        return asdict(self)


def gift(session: Session, entry: Entry, *, nonce: str, now: datetime) -> OfflineGift:
    """Return the gift that an entry means; raise BadGift with all that must be mended."""
    found: Faults = {}
    code = entry.currency.strip().upper()
    channel = _read("channel", Channel, entry.channel.strip().lower(), found, _CHANNEL)
    day = _read("received_on", date.fromisoformat, entry.received_on.strip(), found, _DAY)
    address = _read("address", _address, entry.address.strip(), found)
    amount = _amount(entry.amount, code, found)
    language = entry.language.strip() or core().settings.org_language
    if language not in {core().settings.org_language, *languages.BY_CODE}:
        found["language"] = _LANGUAGE
    if channel is None or day is None or address is None or amount is None or found:
        raise BadGift(found)
    meant = OfflineGift(
        amount=amount,
        currency=code,
        channel=channel,
        received_on=day,
        language=language,
        nonce=nonce,
        fund_slug=entry.fund_slug.strip(),
        address=address,
        name=" ".join(entry.name.split()),
        postal_address="\n".join(
            line.strip() for line in entry.postal_address.splitlines()
        ).strip(),
        anonymous=bool(entry.anonymous),
        message=entry.message.strip(),
    )
    if wrong := offline_gifts.faults(session, meant, now=now):
        raise BadGift(wrong)
    return meant


def _amount(text: str, code: str, found: Faults) -> int | None:
    if code not in CURRENCIES:
        found["currency"] = _CURRENCY
        return None
    # A command and a file show nobody what was read before it is written.
    return _read("amount", lambda typed: amounts.parse(typed, code, "en", surely=True), text, found)


def _address(typed: str) -> str:
    return addresses.normalise(typed) if typed else ""


def _read(
    field: str, read: Callable[[str], T], typed: str, found: Faults, sentence: str = ""
) -> T | None:
    """Read one field; where it cannot be, note the sentence, or what the error itself says."""
    try:
        return read(typed)
    except ValueError as bad:
        found[field] = sentence or str(bad)
        return None
