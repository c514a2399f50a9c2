"""Tasks that take away what was kept long enough."""

from celery import shared_task

from db.session import transaction
from mailer import paces, retention
from wiring import names
from wiring.core import core


@shared_task(name=names.RETENTION)
def run() -> None:
    """Apply every rule of retention, where that was not done today."""
    with transaction() as session:
        now = paces.clock(session)
    retention.run(transaction, core().settings, now=now)
