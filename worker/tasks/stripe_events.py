"""Tasks that apply what Stripe told us, and ask it for what no webhook told of."""

import logging
from datetime import datetime
from time import monotonic

from celery import shared_task

from config import limits
from db.session import transaction
from mailer import paces
from payments import events, missed_events
from payments.gateway import Gateway, PermanentFailure, TemporaryFailure
from payments.models.events import EventState
from wiring import names
from wiring.core import core

log = logging.getLogger(__name__)


@shared_task(name=names.APPLY_EVENTS)
def apply() -> None:
    """Apply events that are due for a slice of time; whatever it was rung by, the rows say which."""
    stripe, stop_at = core().stripe, monotonic() + limits.SLICE_SECONDS
    if stripe is None:
        return
    while _apply_some(stripe, stop_at=stop_at):
        if monotonic() >= stop_at:
            core().bell.ring(names.APPLY_EVENTS)
            return


@shared_task(name=names.LIST_EVENTS)
def store_missed() -> None:
    """Store the events that no webhook told of, and have them applied; Stripe away is asked again later."""
    stripe = core().stripe
    if stripe is None:
        return
    try:
        stored = missed_events.store(transaction, stripe, now=_now())
    except (TemporaryFailure, PermanentFailure) as failure:
        log.warning("Stripe's events could not be listed: %s", failure)
        return
    if stored:
        log.info("events that no webhook told of: %d", stored)
        core().bell.ring(names.APPLY_EVENTS)


def _apply_some(stripe: Gateway, *, stop_at: float) -> bool:
    """Apply the events that are due longest; return whether any was: where none was, Stripe may be away."""
    now = _now()
    with transaction() as session:
        due = events.due(session, limits.EVENTS_AT_ONCE, now=now)
    applied = False
    for event_id in due:
        if monotonic() >= stop_at:
            break
        applied |= events.process(transaction, stripe, event_id, now=_now()) is EventState.DONE
    if applied:
        # What was applied may have queued receipts.
        core().bell.ring(names.SEND_TX)
    return applied


def _now() -> datetime:
    with transaction() as session:
        return paces.clock(session)
