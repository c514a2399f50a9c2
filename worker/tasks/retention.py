"""Tasks that take away what was kept long enough."""

from celery import shared_task

from db.due import Run
from db.session import transaction
from mailer import paces, retention
from wiring import names, periods
from wiring.core import core


@shared_task(name=names.RETENTION)
def run() -> None:
    """Apply every rule of retention, where that was not done today."""
    with transaction() as session:
        now = paces.clock(session)
    retention.apply(transaction, periods.RULES, Run(core().settings, now))
