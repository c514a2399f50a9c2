"""The donation form: what was typed, what of it must be mended, and what it wishes to give."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from babel.numbers import format_percent
from flask import request

from config import giving, languages, limits
from mailer import addresses
from payments import amounts, covering
from payments.amounts import BadAmount, Fault
from payments.currencies import CURRENCIES
from payments.giving import Wish
from payments.models.giving import Fund, Interval, Tribute
from payments.offers import Offer
from web import forms, once, words
from web.public import donate_gift_aid

N_ = languages.N_
NAME: Final = "donate"
"""What the form's nonce is signed for."""
OTHER: Final = "other"
"""The choice of another amount than those suggested."""
TRAP: Final = "website"
"""A field that nobody sees; who fills it in is a program, or a browser that fills in everything."""

STALE: Final = N_(
    "This page was open for more than 12 hours, or was changed on its way to us. What you entered is "
    "still here: please look it over and press the button once more."
)
TOO_SOON: Final = N_(
    "That was faster than people usually are. Please look it over and press the button once more."
)
TRAPPED: Final = N_(
    "A field that people do not see was filled in; it is empty again. Please press the button once more."
)
NOT_TEXT: Final = N_(
    "Something here holds characters that are not text. Please type it instead of pasting it."
)
TOO_MUCH: Final = N_("What you sent is longer than we accept.")
NO_AMOUNT: Final = N_("Please choose an amount, or enter one.")
TWO_AMOUNTS: Final = N_("You chose %(chosen)s and entered %(entered)s. Please keep one of them.")
NO_CHOICE: Final = N_("Please choose one of these.")
NO_NAME_HONOURED: Final = N_("Please say in whose name you give.")
NO_KIND_OF_TRIBUTE: Final = N_("Please say whether this is in honour or in memory.")
NO_LINKS: Final = N_("Please write a name alone, without addresses or links.")
TOO_LONG: Final = N_("Please write this shorter.")
UNKNOWN_LANGUAGE: Final = N_("We do not write in this language. Please choose from those below.")
AMOUNT_FAULTS: Final = {
    Fault.UNREADABLE: N_(
        "We cannot read this as an amount. Please write it in digits, such as %(example)s."
    ),
    Fault.TOO_FINE: N_(
        "This currency has no such small coins. Please write a rounder amount, such as %(example)s."
    ),
    Fault.TOO_SMALL: N_("The smallest gift that we take here is %(least)s."),
    Fault.TOO_LARGE: N_(
        "The largest gift that we take here is %(largest)s. For more, please write to us."
    ),
}

_LINKISH: Final = re.compile(r"[@/<>\\]|www\.", re.IGNORECASE)
"""What no name holds: the name of who is honoured goes into a mail to somebody else."""

Faults = dict[str, str]
"""Field, or form for the whole -> the sentence beside it, in the page's language."""


class Faulty(ValueError):
    """An entry cannot be acted on before some of it is mended."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(*faults)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Entry:
    """What a visitor entered, as it was typed; an amount that was suggested is in minor units."""

    currency: str = ""
    interval: str = ""
    amount: str = ""
    other: str = ""
    covers: str = ""
    fund: str = ""
    address: str = ""
    name: str = ""
    language: str = ""
    tribute: str = ""
    tribute_name: str = ""
    notice: str = ""
    message: str = ""
    anonymous: str = ""
    joins: str = ""
    declares: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen on the form."""

    offers: Mapping[str, Offer]
    funds: Sequence[Fund]
    #: The declaration of Gift Aid that may be made here, in the page's language; "" where none is asked for.
    declaration: str


@dataclass(frozen=True, slots=True)
class Costs:
    """What the form says of the costs: our rates, and what they make of an amount."""

    rates: str
    amount: str
    added: str


def costs(offer: Offer) -> Costs:
    """Return the costs of a payment in a currency, with its first suggestion as the example."""
    share = _share(words.language())
    fixed, amount = giving.COSTS_FIXED.get(offer.code, 0), offer.amounts[0]
    rates = f"{share} + {said(fixed, offer.code)}" if fixed else share
    added = said(covering.added(amount, offer.code), offer.code)
    return Costs(rates, said(amount, offer.code), added)


@cache
def _share(language: str) -> str:
    """Return what part of a payment its costs are, such as 2.9%."""
    return format_percent(Decimal(giving.COSTS_BASIS_POINTS) / 10_000, "#,##0.##%", locale=language)


def said(amount: int, code: str) -> str:
    """Return an amount in minor units as the page's language writes it."""
    return amounts.said(amount, code, words.language(), short=True)


def blank(choices: Choices) -> Entry:
    """Return the form as it is first shown: once, in the currency of `?currency=` or the first one."""
    asked = Entry(**{name: request.args.get(name, "") for name in ("currency", "interval", "fund")})
    if asked.currency not in choices.offers:
        asked = replace(asked, currency=next(iter(choices.offers)))
    return replace(asked, language=words.of_mails())


def posted() -> Entry:
    """Return what was posted."""
    return Entry(**{name: request.form.get(name, "") for name in asdict(Entry())})


def wish(entry: Entry, choices: Choices, *, now: datetime) -> Wish:
    """Return what an entry wishes to give; raise Faulty with all that must be mended at once."""
    found: Faults = {}
    shown = _shown(found, now=now)
    amount = _amount(entry, choices, found)
    _check_choices(entry, choices, found)
    _check_tribute(entry, found)
    _check_lengths(entry, found)
    declaration, home = _declared(entry, choices, found)
    address = _address(entry.address, "address", found)
    notice = _address(entry.notice, "notice", found) if entry.notice.strip() else ""
    if found or shown is None:
        raise Faulty(found)
    costs = covering.added(amount, entry.currency) if entry.covers else 0
    return Wish(
        amount=amount + costs,
        costs=costs,
        currency=entry.currency,
        interval=Interval(entry.interval) if entry.interval else None,
        fund_slug=entry.fund,
        address=address,
        name=" ".join(entry.name.split()),
        language=entry.language,
        anonymous=bool(entry.anonymous),
        tribute=Tribute(entry.tribute) if entry.tribute else None,
        tribute_name=" ".join(entry.tribute_name.split()),
        notice_address=notice,
        message=entry.message.strip(),
        joins_list=bool(entry.joins),
        nonce=shown.name,
        declaration=declaration,
        postal_address=home,
    )


def status(found: Faults) -> int:
    """Return 400 where only the form itself was stale or too soon, else 422: a field must be mended."""
    return 400 if set(found) == {"form"} else 422


def _shown(found: Faults, *, now: datetime) -> once.Shown | None:
    """Return which form was posted, None with a fault where it is none that a person has filled in."""
    try:
        shown = once.posted(NAME, now=now)
    except forms.StaleForm:
        found["form"] = words.gettext(STALE)
        return None
    if request.form.get(TRAP):
        found["form"] = words.gettext(TRAPPED)
    elif now - shown.at < timedelta(seconds=limits.GIVE_SECONDS):
        found["form"] = words.gettext(TOO_SOON)
    return shown


def _amount(entry: Entry, choices: Choices, found: Faults) -> int:
    """Return the amount in minor units, 0 with a fault where there is none."""
    offer = choices.offers.get(entry.currency)
    if offer is None:
        found["currency"] = words.gettext(NO_CHOICE)
        return 0
    chosen = next((each for each in offer.amounts if str(each) == entry.amount), None)
    if not entry.other.strip():
        if chosen is None:
            found["amount"] = words.gettext(NO_AMOUNT)
        return chosen or 0
    try:
        entered = amounts.check(
            amounts.parse(entry.other, offer.code, words.language()), offer.code
        )
    except BadAmount as bad:
        found["other"] = _said_of(bad.fault, offer)
        return 0
    if chosen not in {None, entered}:
        found["amount"] = words.gettext(
            TWO_AMOUNTS, chosen=said(chosen or 0, offer.code), entered=said(entered, offer.code)
        )
    return entered


def _said_of(fault: Fault, offer: Offer) -> str:
    return words.gettext(
        AMOUNT_FAULTS[fault],
        example=said(offer.amounts[0], offer.code),
        least=said(CURRENCIES[offer.code].least, offer.code),
        largest=said(amounts.largest(offer.code), offer.code),
    )


def _check_choices(entry: Entry, choices: Choices, found: Faults) -> None:
    allowed = {
        "interval": {"", *(each.value for each in Interval)},
        "tribute": {"", *(each.value for each in Tribute)},
        "fund": {"", *(fund.slug for fund in choices.funds)},
    }
    for field, values in allowed.items():
        if getattr(entry, field) not in values:
            found[field] = words.gettext(NO_CHOICE)
    if entry.language not in words.offered():
        found["language"] = words.gettext(UNKNOWN_LANGUAGE)


def _check_tribute(entry: Entry, found: Faults) -> None:
    if entry.tribute and not entry.tribute_name.strip():
        found["tribute_name"] = words.gettext(NO_NAME_HONOURED)
    elif not entry.tribute and (entry.tribute_name.strip() or entry.notice.strip()):
        found["tribute"] = words.gettext(NO_KIND_OF_TRIBUTE)
    elif _LINKISH.search(entry.tribute_name):
        found["tribute_name"] = words.gettext(NO_LINKS)


def _check_lengths(entry: Entry, found: Faults) -> None:
    longest = {
        "name": limits.DONOR_NAME_LENGTH,
        "tribute_name": limits.TRIBUTE_NAME_LENGTH,
        "message": limits.GIFT_MESSAGE_LENGTH,
    }
    for field, length in longest.items():
        if len(getattr(entry, field)) > length:
            found[field] = words.gettext(TOO_LONG)


def _declared(entry: Entry, choices: Choices, found: Faults) -> tuple[str, str]:
    """Return the declaration that was ticked, and where its donor lives.

    Who ticked nothing has told us where they live for nothing: it is not kept.
    """
    if not (entry.declares and choices.declaration):
        return "", ""
    home = donate_gift_aid.lines(entry.home)
    found |= donate_gift_aid.faults(currency=entry.currency, name=entry.name, home=home)
    return choices.declaration, home


def _address(text: str, field: str, found: Faults) -> str:
    try:
        return addresses.normalise(text)
    except addresses.BadAddress as bad:
        found[field] = words.gettext(str(bad))
        return ""
