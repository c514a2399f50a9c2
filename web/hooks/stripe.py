"""POST /hooks/stripe: what Stripe tells us. Verified, stored, committed; only then is it answered 200.

There is no session and no CSRF token, for the signature proves more. Its size has a limit of its own
(HOOK_BODY_BYTES), kept before this. Who posts is not counted: to refuse a forged body costs one HMAC, which
is less than counting it, and Stripe itself may come a hundred times a second.
"""

import logging
from datetime import UTC, datetime

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from db.session import transaction
from payments import events
from payments.gateway import BadWebhook, Event
from payments.models.events import Source
from wiring import names
from wiring.core import core

blueprint = Blueprint("hooks_stripe", __name__)
log = logging.getLogger(__name__)


@blueprint.post("/stripe")
def take() -> ResponseReturnValue:
    """Store an event once, and ring for it; where it cannot be stored, 5xx has Stripe send it again."""
    body, now = request.get_data(), datetime.now(UTC)
    event = _verified(body, now=now)
    with transaction() as session:
        new = events.store(session, event, source=Source.WEBHOOK, body=body, now=now)
    if new:
        core().bell.ring_soon(names.APPLY_EVENTS)
    return "", 200


def _verified(body: bytes, *, now: datetime) -> Event:
    """Return the event; answer 404 where donations are off, 400 where it is not Stripe's, of now, for us."""
    stripe = core().stripe
    if stripe is None:
        abort(404)
    try:
        return stripe.read_webhook(body, request.headers.get("Stripe-Signature", ""), now=now)
    except BadWebhook as bad:
        log.warning("a webhook was refused: %s", bad)
        abort(400)
