"""One table of currencies: decimals on the wire, whether whole units only, and the least we take.

Some have no minor unit on the wire; ISK and UGX are written with two decimals but must
be whole; the three-decimal ones must end in 0 (docs.stripe.com/currencies).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency as Stripe's wire has it; `least` is our smallest gift in its minor units."""

    code: str
    #: Decimals of the amounts on the wire: 0, 2 or 3.
    decimals: int
    #: Amounts on the wire are multiples of this: 100 where only whole units are taken, 10 for three decimals.
    step: int
    least: int

    @property
    def shown_decimals(self) -> int:
        """How many decimals people write: none where only whole units are taken."""
        return 0 if self.step == 10**self.decimals else self.decimals


_NONE: Final = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_WHOLE: Final = "ISK UGX"
_THREE: Final = "BHD JOD KWD OMR TND"
_TWO: Final = (
    "AED ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD "
    "NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD "
    "STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW"
)

#: About five of a large currency's units: card testers like tiny amounts, and Stripe's own minimum is lower.
_LEAST: Final = {
    "AUD": 500, "BRL": 2_500, "CAD": 500, "CHF": 500, "CZK": 10_000, "DKK": 3_500, "EUR": 500,
    "GBP": 500, "HKD": 4_000, "HUF": 200_000, "INR": 40_000, "ISK": 70_000, "JPY": 500, "KRW": 6_000,
    "MXN": 10_000, "NOK": 5_000, "NZD": 500, "PLN": 2_000, "SEK": 5_000, "SGD": 500, "UGX": 2_000_000,
    "USD": 500, "VND": 100_000, "ZAR": 9_000,
}  # fmt: skip


def _made(codes: str, decimals: int, step: int) -> dict[str, Currency]:
    return {
        code: Currency(code, decimals, step, _LEAST.get(code, 5 * 10**decimals * _PLAIN_FACTOR))
        for code in codes.split()
    }


_PLAIN_FACTOR: Final = 10
"""Where we know nothing of a currency's worth, we take fifty of its units at least."""

CURRENCIES: Final[dict[str, Currency]] = {
    **_made(_NONE, 0, 1),
    **_made(_WHOLE, 2, 100),
    **_made(_THREE, 3, 10),
    **_made(_TWO, 2, 1),
}
"""Every currency that a gift may be in, by its ISO 4217 code in capitals."""
