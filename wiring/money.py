"""Which Stripe this process asks: its client is loaded at first use, for many a process never needs it."""

import os
from functools import cache
from typing import cast

from pydantic import SecretStr
from werkzeug.local import LocalProxy

from config import stripe_access
from config.settings import Settings
from payments.gateway import Gateway


def gateway(settings: Settings) -> Gateway | None:
    """Return the gateway to Stripe, None where no key is given: then nobody can give.

    It stands for one that is made when it is first asked, and made anew behind a fork: a child must not
    talk over its parent's connections.
    """
    key = settings.stripe_api_key
    if key is None:
        return None

    @cache
    def opened(_process: int) -> Gateway:
        return _open(settings, key)

    return cast(Gateway, LocalProxy(lambda: opened(os.getpid())))


def _open(settings: Settings, key: SecretStr) -> Gateway:
    from payments import stripe_gateway  # noqa: PLC0415 - 40 MB, for the processes that ask Stripe alone

    secret = settings.stripe_webhook_secret
    return stripe_gateway.StripeGateway(
        key.get_secret_value(),
        base=settings.stripe_api_base,
        secrets=tuple(secret.get_secret_value().split()) if secret else (),
        live=stripe_access.is_live(key),
    )
