"""Currencies on the wire, what a payment costs, and what becomes of a foreign one.

The rates and fees are invented. What matters is that books must survive them: a fee is taken from
every payment, never given back, and some payments settle in another currency than they were made in.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

ZERO_DECIMAL: Final = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
THREE_DECIMAL: Final = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
WHOLE_ONLY: Final = frozenset(["isk", "ugx"])
"""Written with two decimals, yet whole: their last two digits are 00."""

SETTLED: Final = frozenset(["usd", "eur", "gbp"])
"""Kept as they are; every other currency becomes the account's own."""
OWN: Final = "usd"

RATES: Final = {
    "jpy": Decimal("0.0067"),
    "chf": Decimal("1.12"),
    "cad": Decimal("0.73"),
    "aud": Decimal("0.65"),
    "kwd": Decimal("3.25"),
    "ugx": Decimal("0.00027"),
    "isk": Decimal("0.0072"),
}
OTHER_RATE: Final = Decimal("0.5")

LEAST: Final = {
    "gbp": 30,
    "dkk": 250,
    "nok": 300,
    "sek": 300,
    "hkd": 400,
    "jpy": 50,
    "mxn": 1000,
    "pln": 200,
}
LEAST_OTHER: Final = 50
MOST: Final = 99_999_999
"""The largest amount of one payment, in minor units."""

SHARE: Final = Decimal("0.029")
FIXED: Final = 30
DEBIT_SHARE: Final = Decimal("0.008")
DEBIT_MOST: Final = 500


def least(currency: str) -> int:
    """Give the smallest amount that may be paid, in minor units."""
    return LEAST.get(currency, LEAST_OTHER)


def well_formed(amount: int, currency: str) -> bool:
    """Tell whether an amount has the trailing zeros that its currency asks for."""
    if currency in THREE_DECIMAL:
        return amount % 10 == 0
    return currency not in WHOLE_ONLY or amount % 100 == 0


def settled(amount: int, currency: str) -> tuple[int, str, float | None]:
    """Turn a payment into what the balance gets: amount, currency, and the rate where it changed."""
    if currency in SETTLED:
        return amount, currency, None
    rate = RATES.get(currency, OTHER_RATE)
    major = Decimal(amount).scaleb(-decimals(currency))
    return _rounded((major * rate).scaleb(decimals(OWN))), OWN, float(rate)


def decimals(currency: str) -> int:
    """Say how many digits of an amount are fractions of the unit."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def fee(amount: int, *, debit: bool) -> int:
    """Give what Stripe keeps of a settled payment, in the same minor units."""
    if debit:
        return min(_rounded(amount * DEBIT_SHARE), DEBIT_MOST)
    return _rounded(amount * SHARE) + FIXED


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
