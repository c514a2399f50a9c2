"""Amounts as people write them and as Stripe's wire has them: text to integers in minor units and back.

Decimal all the way: a float would lose a cent now and then. Which mark parts the decimals differs by
language, and visitors write in another language's way than the page's; a group of thousands is three
digits long, a fraction two, so that hardly anything can be read both ways. What can is read as the page's
own language writes it, and the payment page shows the sum before anything is paid. Where no page does, it is
refused.
"""

import enum
import re
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from babel.numbers import get_currency_symbol, parse_pattern

from config import languages, limits
from payments.currencies import CURRENCIES, Currency

_ARABIC: Final = {"\N{ARABIC DECIMAL SEPARATOR}": 0, "\N{ARABIC THOUSANDS SEPARATOR}": 1}
_APOSTROPHES: Final = "'\N{RIGHT SINGLE QUOTATION MARK}"
_WRITTEN_DECIMALS: Final = 2
"""Decimals that people write of any currency, zeros where it has none."""


class Fault(enum.StrEnum):
    """Why what was typed cannot be given."""

    UNREADABLE = "unreadable"
    TOO_FINE = "too fine"
    TOO_SMALL = "too small"
    TOO_LARGE = "too large"


class BadAmount(ValueError):
    """What was typed is no amount that can be given in this currency; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"This amount is {fault.value}; write it in digits, as 50 or 50.00.")
        self.fault = fault


def parse(text: str, code: str, language: str, *, surely: bool = False) -> int:
    """Return an amount as it was typed in minor units of the currency `code`; raise BadAmount.

    Digits may be Arabic, groups parted by spaces, apostrophes or the marks of any of our languages, and the
    currency's code or sign may stand before or behind. `surely` refuses what can be read both ways, such as
    1.000 of a currency with three decimals.
    """
    if len(text) > limits.AMOUNT_LENGTH:
        raise BadAmount(Fault.UNREADABLE)
    currency, (decimal, group) = CURRENCIES[code], _marks(language)
    bare = _bare(text, code, (decimal, group))
    ways = [_read(bare, *marks, currency) for marks in ((decimal, group), (group, decimal))]
    values = [value for value in ways if value is not None]
    if not values or (surely and values[0] != values[-1]):
        raise BadAmount(Fault.UNREADABLE)
    return _minor(values[0], currency)


def check(amount: int, code: str) -> int:
    """Return an amount in minor units that may be given in the currency `code`; raise BadAmount."""
    if amount < CURRENCIES[code].least:
        raise BadAmount(Fault.TOO_SMALL)
    if amount > largest(code):
        raise BadAmount(Fault.TOO_LARGE)
    return amount


def largest(code: str) -> int:
    """Return our largest gift online in minor units of the currency `code`."""
    return min(CURRENCIES[code].least * limits.GIFT_LARGEST_TIMES, limits.GIFT_LARGEST)


@lru_cache(maxsize=1_024)
def said(amount: int, code: str, language: str, *, short: bool = False) -> str:
    """Return an amount in minor units as the language writes it, such as €50.00; `short` drops '.00'.

    The decimals are those of our table: CLDR has none for some currencies that Stripe takes cents of. Babel
    takes its time, and a form says the same few amounts to everybody.
    """
    currency, locale = CURRENCIES[code], _locale(language)
    value = Decimal(amount).scaleb(-currency.decimals)
    decimals = 0 if short and value == value.to_integral_value() else currency.shown_decimals
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (decimals, decimals)
    text = str(pattern.apply(value, locale, currency=code, currency_digits=False))
    # CLDR's currencySpacing, which Babel leaves out: letters do not touch digits.
    return re.sub(r"(?<=[^\W\d_])(?=[0-9])", "\N{NO-BREAK SPACE}", text)


def _bare(text: str, code: str, marks: tuple[str, str]) -> str:
    """Return the digits and marks alone, a plain space where any space or apostrophe stood."""
    sign = "|".join(re.escape(each) for each in _signs(code))
    bare = re.sub(rf"^(?:{sign})\s*|\s*(?:{sign})$", "", _plain(text), flags=re.IGNORECASE)
    bare = "".join(_digit(character, marks) for character in bare)
    return re.sub(rf"[\s{_APOSTROPHES}]", " ", bare)


def _plain(text: str) -> str:
    """Return a text without marks of direction."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf").strip()


@cache
def _signs(code: str) -> list[str]:
    """Return how people name a currency beside an amount, the longest first: CA$, CAD, $."""
    symbols = {get_currency_symbol(code, _locale(each)) for each in languages.BY_CODE}
    signs = {code} | {_plain(symbol) for symbol in symbols}
    signs |= {mark for sign in signs for mark in sign if unicodedata.category(mark) == "Sc"}
    return sorted(signs, key=len, reverse=True)


def _digit(character: str, marks: tuple[str, str]) -> str:
    if character in _ARABIC:
        return marks[_ARABIC[character]]
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _read(bare: str, decimal: str, group: str, currency: Currency) -> Decimal | None:
    """Return the value, with this mark before the decimals; None where it cannot be read so."""
    most = max(currency.shown_decimals, _WRITTEN_DECIMALS)
    shape = (
        rf"(?P<whole>[0-9]+|[0-9]{{1,3}}(?P<part>[ {re.escape(group)}])[0-9]{{3}}"
        rf"(?:(?P=part)[0-9]{{3}})*)(?:{re.escape(decimal)}(?P<fraction>[0-9]{{1,{most}}}))?"
    )
    found = re.fullmatch(shape, bare)
    if found is None:
        return None
    return Decimal(f"{re.sub('[^0-9]', '', found['whole'])}.{found['fraction'] or 0}")


def _minor(value: Decimal, currency: Currency) -> int:
    exact = value.scaleb(currency.decimals)
    if exact % currency.step:
        raise BadAmount(Fault.TOO_FINE)
    return int(exact)


@cache
def _marks(language: str) -> tuple[str, str]:
    """Return the marks before decimals and between thousands: a comma and a point, in its order."""
    decimal = str(_locale(language).number_symbols["latn"]["decimal"])
    return (",", ".") if decimal == "," else (".", ",")


def _locale(language: str) -> Locale:
    # In the English of no country every dollar says whose it is.
    return Locale.parse("en_001" if language == "en" else language)
