"""Who may ask: the key in the Authorization header, and the version of the API that is spoken."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from sandbox.stripe.refusals import Refused
from sandbox.stripe.world import API_VERSION

KEY: Final = re.compile(r"(sk|rk)_test_[A-Za-z0-9_]{8,200}")


def check(headers: Mapping[str, str]) -> None:
    """Raise Refused where there is no test key, or another version is asked for."""
    given = _secret(headers.get("authorization", ""))
    if not given:
        raise Refused(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not KEY.fullmatch(given):
        raise Refused(
            f"Invalid API Key provided: {given[:8]}****. The sandbox knows test keys only: "
            "sk_test_ or rk_test_ and at least eight letters.",
            status=401,
        )
    version = headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise Refused(
            f"Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION} only."
        )


def _secret(header: str) -> str:
    """Read the key out of the header: a bearer's, or the user of Basic authentication."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
