"""What the form offers: each currency with the amounts suggested in it, in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from config import giving
from payments import amounts
from payments.currencies import CURRENCIES


class BadOffer(ValueError):
    """DONATION_OFFER names what cannot be given; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A currency, and what is suggested in it."""

    code: str
    amounts: tuple[int, ...]


@cache
def read(text: str) -> Mapping[str, Offer]:
    """Return code -> offer as DONATION_OFFER has them, the first one first; raise BadOffer."""
    return {code: _offer(code, whole) for code, whole in giving.parsed(text).items()}


def _offer(code: str, whole: tuple[int, ...]) -> Offer:
    if code not in CURRENCIES:
        raise BadOffer(f"DONATION_OFFER: Stripe takes no {code}; take it out.")
    minor = tuple(each * 10 ** CURRENCIES[code].decimals for each in whole)
    try:
        return Offer(code, tuple(amounts.check(each, code) for each in minor))
    except amounts.BadAmount as bad:
        least = amounts.said(CURRENCIES[code].least, code, "en", short=True)
        largest = amounts.said(amounts.largest(code), code, "en", short=True)
        raise BadOffer(
            f"DONATION_OFFER: an amount is {bad.fault.value}; {code} goes from {least} to {largest}."
        ) from None
