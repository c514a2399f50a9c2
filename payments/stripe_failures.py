"""What goes wrong when Stripe is asked, in this room's three words; nothing of a person comes along.

Stripe's own messages repeat what they were given, so they are dropped: its code and the request's id are
enough to find the rest in Stripe's dashboard.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import stripe

from payments import gateway

_MISSING: Final = "resource_missing"
_REFUSALS: Final = (
    stripe.AuthenticationError,
    stripe.CardError,
    stripe.IdempotencyError,
    stripe.InvalidRequestError,
    stripe.PermissionError,
)
"""What says no. All else may have been done or not: no answer, 409, 429, 5xx, a proxy's page."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise TemporaryFailure, PermanentFailure or NotFound in place of the library's errors."""
    try:
        yield
    except stripe.StripeError as error:
        # Without its cause: the library's own words may name whom they are about.
        raise _failure(error) from None


def _failure(error: stripe.StripeError) -> Exception:
    if not isinstance(error, _REFUSALS):
        return gateway.TemporaryFailure(f"Stripe gave no sure answer ({_traces(error)}); ask again")
    code = error.code or type(error).__name__
    if code == _MISSING:
        return gateway.NotFound(code, f"Stripe has no such object ({_traces(error)})")
    return gateway.PermanentFailure(code, f"Stripe refused: {code} ({_traces(error)})")


def _traces(error: stripe.StripeError) -> str:
    status = error.http_status or "no answer"
    return f"{type(error).__name__}, {status}, request {error.request_id or 'unknown'}"
