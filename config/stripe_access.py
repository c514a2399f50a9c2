"""Which Stripe may be asked with which key: live keys go to Stripe alone, test keys also to this machine."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationInfo

from config import origins

BASE: Final = "https://api.stripe.com"
"""Where Stripe is."""

_KEY: Final = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]{8,240}")
_SECRET: Final = re.compile(r"[!-~]{8,200}")
_SECRETS: Final = 2


def _key(value: SecretStr) -> SecretStr:
    """Return a secret or restricted key as it is; raise ValueError for anything else."""
    if not _KEY.fullmatch(value.get_secret_value()):
        raise ValueError(
            "must be a secret or, better, a restricted key of Stripe's: sk_ or rk_, then test_ or live_"
        )
    return value


def _secrets(value: SecretStr) -> SecretStr:
    """Return the signing secrets as they are; raise ValueError where they are not one or two."""
    given = value.get_secret_value().split()
    if not 1 <= len(given) <= _SECRETS or not all(map(_SECRET.fullmatch, given)):
        raise ValueError("must be one signing secret (whsec_…), or two while it is being replaced")
    return value


def _base(value: str, info: ValidationInfo) -> str:
    """Return the address without its last slash; raise ValueError for one that the key must not go to."""
    given = value.rstrip("/")
    if given == BASE:
        return given
    if origins.of(given) != given or urlsplit(given).hostname not in origins.LOOPBACK:
        raise ValueError(f"must be {BASE}, or a Stripe that stands in on this machine")
    held = info.data.get("stripe_api_key")
    if held is not None and is_live(held):
        raise ValueError(f"must be {BASE}, because STRIPE_API_KEY is a live one")
    return given


def is_live(value: SecretStr) -> bool:
    """Tell whether a key moves real money."""
    return value.get_secret_value()[3:].startswith("live_")


Key = Annotated[SecretStr, AfterValidator(_key)]
Secrets = Annotated[SecretStr, AfterValidator(_secrets)]
Base = Annotated[str, AfterValidator(_base)]
