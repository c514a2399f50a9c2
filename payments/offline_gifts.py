"""An offline gift as staff read it off a cheque or a statement, and what keeps it from being entered."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config import limits
from payments import funds
from payments.currencies import CURRENCIES
from payments.documents import issuer
from payments.models.giving import Channel

CHANNELS: Final = (Channel.CHEQUE, Channel.TRANSFER, Channel.CASH)
"""The ways by which money comes past Stripe."""

Faults = dict[str, str]
"""A field of the gift -> the sentence that says what to mend."""


class BadGift(ValueError):
    """A gift cannot be entered as it is; `faults` says by field what to mend."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class OfflineGift:
    """What came: `amount` in minor units, `address` normalised, '' where the giver has no mail.

    `nonce` is that of the form, or of the line of a file: the same gift with the same nonce is one gift.
    """

    amount: int
    currency: str
    channel: Channel
    #: The organisation's day.
    received_on: date
    #: Of the receipt and its mail.
    language: str
    nonce: str
    fund_slug: str = ""
    address: str = ""
    name: str = ""
    postal_address: str = ""
    anonymous: bool = False
    #: What the giver wrote, or the bank's reference.
    message: str = ""


def faults(session: Session, gift: OfflineGift, *, now: datetime) -> Faults:
    """Return what keeps a gift from being entered, nothing where it can be."""
    wrong = {
        "amount": not _can_be_given(gift.amount, gift.currency),
        "channel": gift.channel not in CHANNELS,
        "received_on": not _can_be_told(gift.received_on, _today(session, now)),
        "fund_slug": bool(gift.fund_slug) and not _is_fund(session, gift.fund_slug),
        "name": not _is_line(gift.name, limits.DONOR_NAME_LENGTH),
        "postal_address": not _is_text(gift.postal_address, limits.HOME_ADDRESS_LENGTH),
        "message": not _is_text(gift.message, limits.GIFT_MESSAGE_LENGTH),
    }
    found = {field: _SENTENCES[field] for field, is_wrong in wrong.items() if is_wrong}
    if gift.postal_address and not (gift.name or gift.address):
        found.setdefault("name", "Say who lives at this postal address: the receipt names them.")
    return found


_SENTENCES: Final[Faults] = {
    "amount": "This amount cannot be entered: write one above nothing, in coins that the currency has.",
    "channel": "Say how it came: cheque, transfer or cash.",
    "received_on": "Write the day it arrived: not one to come, and at most "
    f"{limits.OFFLINE_GIFT_DAYS} days ago.",
    "fund_slug": "There is no such fund; 'flask donations fund list' shows them.",
    "name": f"Write a name in one line, of at most {limits.DONOR_NAME_LENGTH} characters.",
    "postal_address": "Write a postal address of at most "
    f"{limits.HOME_ADDRESS_LENGTH} characters, without control characters.",
    "message": f"Write a note of at most {limits.GIFT_MESSAGE_LENGTH} characters, without control "
    "characters.",
}


def _can_be_given(amount: int, code: str) -> bool:
    """Tell whether an amount is one: offline there is no smallest gift, a coin in a box is one too."""
    currency = CURRENCIES.get(code)
    in_range = 0 < amount <= limits.OFFLINE_GIFT_LARGEST
    return currency is not None and in_range and amount % currency.step == 0


def _can_be_told(day: date, today: date) -> bool:
    return today - timedelta(days=limits.OFFLINE_GIFT_DAYS) <= day <= today


def _today(session: Session, now: datetime) -> date:
    return now.astimezone(ZoneInfo(issuer.of(session).zone)).date()


def _is_fund(session: Session, slug: str) -> bool:
    """Tell whether there is a fund; a retired one may still be given to, for a cheque takes its time."""
    return any(fund.slug == slug for fund in funds.every(session))


def _is_line(text: str, length: int) -> bool:
    return _is_text(text, length) and len(text.splitlines()) <= 1


def _is_text(text: str, length: int) -> bool:
    """Tell whether it is text that can be sealed and drawn: no control characters, no half of a character."""
    kinds = {unicodedata.category(character) for character in text if character not in "\r\n\t"}
    return len(text) <= length and not kinds & {"Cc", "Cs"}
