"""The task that tells staff what about money waits for them."""

from celery import shared_task

from db.session import transaction
from mailer import paces
from payments import telling
from wiring import names
from wiring.core import core


@shared_task(name=names.MONEY_TASKS)
def tell() -> None:
    """Mail staff about the tasks that they were not told of, or not since they are overdue."""
    with transaction() as session:
        page_url = core().links.money_tasks()
        told = telling.tell(session, page_url=page_url, now=paces.clock(session))
    if told:
        core().bell.ring(names.SEND_TX)
