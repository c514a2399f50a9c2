"""Stripe's own pages, which a form of ours may lead to: browsers hold redirects against form-action, too."""

from typing import Final

from flask import Response

from config import origins, stripe_access
from wiring.core import core

CHECKOUT: Final = "https://checkout.stripe.com"
"""Where gifts are paid."""
PORTAL: Final = "https://billing.stripe.com"
"""Where donors change their card."""


def lead_to(host: str, page: Response, csp: str) -> Response:
    """Let the forms of a page lead to a host of Stripe's, or to the Stripe that stands in for it."""
    base = core().settings.stripe_api_base
    there = host if base == stripe_access.BASE else origins.of(base)
    page.headers["Content-Security-Policy"] = csp.replace(
        "form-action 'self'", f"form-action 'self' {there}"
    )
    return page
