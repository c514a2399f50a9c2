"""Tasks that settle what was left behind: attempts at payment pages, and refunds whose answers were lost."""

from datetime import UTC, datetime

from celery import shared_task

from db.session import transaction
from payments import checkouts, refunding
from wiring import names
from wiring.core import core


@shared_task(name=names.SWEEP_CHECKOUTS)
def sweep() -> None:
    """Settle what was left behind; nothing where no gifts are taken."""
    stripe = core().stripe
    if stripe is not None:
        checkouts.sweep(stripe, transaction, now=datetime.now(UTC))
        refunding.sweep(stripe, transaction, now=datetime.now(UTC))
