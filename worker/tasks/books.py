"""Tasks that keep our books equal to Stripe's, and say where they are not."""

import logging
from datetime import datetime

from celery import shared_task

from db.session import transaction
from mailer import paces
from payments import gateway, reconciling
from wiring import names
from wiring.core import core

log = logging.getLogger(__name__)


@shared_task(name=names.BOOKS)
def night() -> None:
    """Sweep Stripe's objects and compare the books, where that was not done tonight and donations are on."""
    stripe = core().stripe
    if stripe is None:
        return
    try:
        report = reconciling.night(transaction, stripe, _clock)
    except gateway.TemporaryFailure:
        log.warning("Stripe cannot be asked for its books; the next bell tries again")
        return
    if report is not None and not report.holds:
        core().bell.ring(names.SEND_TX)


def _clock() -> datetime:
    with transaction() as session:
        return paces.clock(session)
