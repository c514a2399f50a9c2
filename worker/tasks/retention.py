"""Tasks that take away what was kept long enough."""

from datetime import UTC, datetime

from celery import shared_task

from db.session import transaction
from mailer import retention
from wiring import names
from wiring.core import core


@shared_task(name=names.RETENTION)
def run() -> None:
    """Apply every rule of retention, where that was not done today."""
    retention.run(transaction, core().settings, now=datetime.now(UTC))
