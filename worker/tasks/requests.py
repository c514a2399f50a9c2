"""Tasks that answer what visitors asked for."""

from celery import shared_task

from db.session import transaction
from mailer import paces, requests
from wiring import names
from wiring.core import core


@shared_task(name=names.ANSWER)
def answer() -> None:
    """Answer every request that is due, and have its mails sent."""
    answered = 1
    while answered:
        with transaction() as session:
            now = paces.clock(session)
            answered = requests.answer(session, links=core().links, now=now)
        if answered:
            core().bell.ring(names.SEND_TX)
