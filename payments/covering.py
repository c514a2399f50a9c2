"""What 'cover the costs' adds to a gift: whole numbers, from the rates of config/giving.py."""

from config import giving
from payments.currencies import CURRENCIES

_WHOLE = 10_000
"""Basis points in one."""


def costs(total: int, code: str) -> int:
    """Return what a payment of `total` minor units costs us by our rates, rounded up."""
    return _rounded_up(total * giving.COSTS_BASIS_POINTS, _WHOLE) + giving.COSTS_FIXED.get(code, 0)


def added(amount: int, code: str) -> int:
    """Return what must be added to an amount so that all of it is left once the costs are paid.

    The smallest addition that does, in steps of the currency. An estimate: see config/giving.py.
    """
    total = _rounded_up(
        (amount + giving.COSTS_FIXED.get(code, 0)) * _WHOLE, _WHOLE - giving.COSTS_BASIS_POINTS
    )
    step = CURRENCIES[code].step
    return _rounded_up(total - amount, step) * step


def _rounded_up(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)
