"""What the donation form offers and asks: currencies with their suggested amounts, and what a payment costs.

The costs are what we reckon with, not what Stripe will take: cards from elsewhere cost more, and nobody
knows the card before the donor is on Stripe's page. Both are changed here, in one place.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

OFFER: Final = "EUR 20 50 100 250, USD 25 50 100 250, GBP 20 50 100 250, CHF 20 50 100 250"
"""The currencies offered where DONATION_OFFER says nothing, the first one being shown first."""

COSTS_BASIS_POINTS: Final = 290
"""Of a hundredth of a hundredth of a gift: 2.9 % go to card networks, banks and Stripe."""
COSTS_FIXED: Final = {"AUD": 30, "CAD": 30, "CHF": 30, "EUR": 25, "GBP": 20, "JPY": 30, "USD": 30}
"""What each payment costs besides, in minor units of its currency; nothing where we know no figure."""

_ONE: Final = re.compile(r"([A-Z]{3})((?: [1-9][0-9]{0,8}){1,6})")


def parsed(text: str) -> dict[str, tuple[int, ...]]:
    """Return currency -> suggested amounts in whole units, in the order given; raise ValueError."""
    found = [_ONE.fullmatch(" ".join(part.split())) for part in text.split(",")]
    codes = [one[1] for one in found if one]
    if not all(found) or len(set(codes)) < len(found):
        raise ValueError(
            "must be currencies, each once, with up to six amounts: EUR 20 50 100, USD 25 50 100"
        )
    return {one[1]: tuple(int(word) for word in one[2].split()) for one in found if one}


def _checked(text: str) -> str:
    parsed(text)
    return text


Offer = Annotated[str, AfterValidator(_checked)]
"""An offer that can be read."""
