"""A sandbox Stripe in this process before the product's own app: the ground that a seed is proved on."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from flask import Flask

from db.session import transaction
from payments.gateway import Gateway
from payments.proving.ground import Ground
from payments.proving.operator import Operator
from payments.stripe_gateway import StripeGateway
from sandbox.stripe.server import Stripe
from wiring.core import CORE

SECRET = "whsec_made_up_for_a_proof"
KEY = "sk_test_0123456789abcdef"
HOOK = "http://127.0.0.1:8000/hooks/stripe"


@contextmanager
def ground(app: Flask, seed: int) -> Iterator[Ground]:
    """Run a sandbox whose webhooks reach the app without a socket, and have the app ask it."""

    def post(body: bytes, headers: Mapping[str, str]) -> int:
        return app.test_client().post("/hooks/stripe", data=body, headers=headers).status_code

    def deliver(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        assert url == HOOK
        return post(body, headers)

    with Stripe(post=deliver, seed=seed, now=int(time.time())) as sandbox:
        stripe = StripeGateway(KEY, base=sandbox.base, secrets=(SECRET,), live=False)
        with asking(app, stripe):
            dice = Random(seed)  # noqa: S311 - a story, no secret
            operator = Operator(sandbox.base)
            yield Ground(transaction, stripe, operator, post, HOOK, SECRET, dice)


@contextmanager
def asking(app: Flask, stripe: Gateway) -> Iterator[None]:
    """Have the app ask this Stripe for a while."""
    chosen = app.extensions[CORE]
    app.extensions[CORE] = replace(chosen, stripe=stripe)
    try:
        yield
    finally:
        app.extensions[CORE] = chosen
