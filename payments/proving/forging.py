"""Forged webhooks: what is not Stripe's, not of now, not for us, or not whole (P6)."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Forgery:
    """A webhook that must be refused, and what is wrong with it."""

    fault: str
    body: bytes
    headers: Mapping[str, str]


def forgeries(body: bytes, secret: str, dice: Random) -> Iterator[Forgery]:
    """Make one of each kind out of a true event's body."""
    now = int(time.time())
    live = json.dumps(json.loads(body) | {"livemode": True}).encode()
    place = dice.randrange(len(body))
    altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    true = _signed(body, secret, now)
    yield Forgery("unsigned", body, {})
    yield Forgery("signed by another", body, _signed(body, "whsec_of_another", now))
    yield Forgery("stale", body, _signed(body, secret, now - _HOUR))
    yield Forgery("of the future", body, _signed(body, secret, now + _HOUR))
    yield Forgery("altered", altered, true)
    yield Forgery("truncated", body[:place], true)
    yield Forgery("of the other mode", live, _signed(live, secret, now))
    yield Forgery("no text", b"\xff" + body, _signed(b"\xff" + body, secret, now))


def _signed(body: bytes, secret: str, moment: int) -> dict[str, str]:
    """Sign as Stripe does: HMAC-SHA256 over the time, a full stop and the body."""
    code = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={moment},v1={code}", "Content-Type": "application/json"}
