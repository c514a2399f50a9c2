"""Tasks that settle what was left behind between us and Stripe, each by itself: none stops another."""

from datetime import UTC, datetime

from celery import shared_task

from db.session import transaction
from payments import checkouts, refunding
from wiring import names
from wiring.core import core


@shared_task(name=names.SWEEP_CHECKOUTS)
def sweep() -> None:
    """Settle the attempts at payment pages that were left behind; nothing where no gifts are taken."""
    if (stripe := core().stripe) is not None:
        checkouts.sweep(stripe, transaction, now=datetime.now(UTC))


@shared_task(name=names.SWEEP_REFUNDS)
def sweep_refunds() -> None:
    """Settle the refunds whose answers were lost; nothing where no gifts are taken."""
    if (stripe := core().stripe) is not None:
        refunding.sweep(stripe, transaction, now=datetime.now(UTC))
