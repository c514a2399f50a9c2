"""The well-known test numbers, and how a card or an account with such a number behaves."""

from dataclasses import dataclass
from typing import Final, Literal

from sandbox.stripe.refusals import Refused

Challenge = Literal["never", "always"]
Later = Literal["", "dispute", "inquiry", "warning"]

HARD: Final = frozenset({"lost_card", "stolen_card", "pickup_card", "expired_card"})
"""Declines after which a renewal is not tried again with the same card."""


@dataclass(frozen=True)
class Behaviour:
    """What a number does. A decline is told by its `code` and, from the bank, its `decline`.

    `challenge` asks for 3-D Secure. `renews` is whether it can be charged without its owner.
    `later` is what follows a payment. `refund` says how a refund goes. A debit takes `days`.
    """

    kind: str = "card"
    brand: str = "visa"
    country: str = "US"
    code: str = ""
    decline: str = ""
    challenge: Challenge = "never"
    renews: bool = True
    later: Later = ""
    refund: Literal["succeeds", "pends", "fails"] = "succeeds"
    days: int = 0

    @property
    def final(self) -> bool:
        """Tell whether a decline is one that no repetition mends."""
        return self.decline in HARD or self.code in HARD


def _declined(decline: str) -> Behaviour:
    return Behaviour(code="card_declined", decline=decline)


def _sepa(code: str = "", *, later: Later = "", days: int = 3) -> Behaviour:
    return Behaviour(
        kind="sepa_debit", country="AT", code=code, later=later, days=days, refund="pends"
    )


def _ach(code: str = "") -> Behaviour:
    return Behaviour(kind="us_bank_account", code=code, days=4, refund="pends")


NUMBERS: Final = {
    "4242424242424242": Behaviour(),
    "5555555555554444": Behaviour(brand="mastercard"),
    "4000000000000002": _declined("generic_decline"),
    "4000000000009995": _declined("insufficient_funds"),
    "4000000000009987": _declined("lost_card"),
    "4000000000009979": _declined("stolen_card"),
    "4000000000000069": Behaviour(code="expired_card", decline="expired_card"),
    "4000000000000127": Behaviour(code="incorrect_cvc", decline="incorrect_cvc"),
    "4000000000000119": Behaviour(code="processing_error", decline="processing_error"),
    "4000000000000341": Behaviour(renews=False),
    "4000002760003184": Behaviour(challenge="always", renews=False),
    "4000002500003155": Behaviour(challenge="always"),
    "4000008260003178": Behaviour(
        challenge="always", code="card_declined", decline="insufficient_funds"
    ),
    "4000000000000259": Behaviour(later="dispute"),
    "4000000000001976": Behaviour(later="inquiry"),
    "4000000000005423": Behaviour(later="warning"),
    "4000000000007726": Behaviour(refund="pends"),
    "4000000000005126": Behaviour(refund="fails"),
    "AT611904300234573201": _sepa(),
    "AT321904300235473204": _sepa(days=5),
    "AT861904300235473202": _sepa("payment_method_provider_decline"),
    "AT591904300235473203": _sepa(later="dispute"),
    "000123456789": _ach(),
    "000222222227": _ach("insufficient_funds"),
}


def behaviour(number: str) -> Behaviour:
    """Say how a number behaves; raises Refused where it is no test number."""
    found = NUMBERS.get(tidy(number))
    if found is None:
        raise Refused(
            "Your card was declined. Your request was in test mode, but used a non test card.",
            status=402,
            kind="card_error",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    return found


def tidy(number: str) -> str:
    """Write a number as the table has it."""
    return "".join(number.split()).upper()
