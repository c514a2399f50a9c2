"""Signs what is sent to a webhook: the time, and an HMAC of time and body for each secret."""

import hashlib
import hmac
from collections.abc import Iterable


def sign(body: bytes, secrets: Iterable[str], moment: int) -> str:
    """Make the Stripe-Signature header; several secrets are in force while one is replaced."""
    signed = [f"v1={_signature(body, secret, moment)}" for secret in secrets]
    return ",".join([f"t={moment}", *signed])


def _signature(body: bytes, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
