"""Amounts and moments as people read them, and amounts as people type them."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from sandbox.stripe import money
from sandbox.stripe.refusals import Refused
from sandbox.stripe.things import Thing

TYPED: Final = re.compile(r"[0-9]{1,9}(?:[.][0-9]{1,3})?")
LAST_MOMENT: Final = 253_402_300_799
"""The last second of the year 9999, beyond which Python has no dates."""


def amount(minor: int, currency: str) -> str:
    """Write an amount: 250000 and "usd" are 2,500.00 USD."""
    digits = money.decimals(currency)
    return f"{Decimal(minor).scaleb(-digits):,.{digits}f} {currency.upper()}"


def minor(typed: str, currency: str) -> int:
    """Read an amount in whole units, such as 12.50; raises Refused where it is none."""
    digits = money.decimals(currency)
    number = Decimal(typed).scaleb(digits) if TYPED.fullmatch(typed) else None
    if number is None or number != int(number):
        like = Decimal(1000).scaleb(-digits)
        raise Refused(f"Give an amount in {currency.upper()}, such as {like}.")
    return int(number)


def moment(seconds: int) -> str:
    """Write a moment, in UTC."""
    return _date(seconds).strftime("%-d %b %Y, %H:%M UTC")


def day(seconds: int) -> str:
    """Write a date, in UTC."""
    return _date(seconds).strftime("%-d %B %Y")


def rhythm(recurring: Thing) -> str:
    """Write how often a plan is paid: "every month", "every 3 months"."""
    count, interval = recurring["interval_count"], recurring["interval"]
    return f"every {interval}" if count == 1 else f"every {count} {interval}s"


def status(code: str) -> str:
    """Write Stripe's word for a state as words."""
    return code.replace("_", " ")


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, LAST_MOMENT), UTC)
