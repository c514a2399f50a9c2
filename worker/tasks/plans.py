"""Tasks that look ahead at what plans will ask for."""

from celery import shared_task

from db.session import transaction
from mailer import paces
from payments import renewals
from wiring import names
from wiring.core import core


@shared_task(name=names.RENEWALS)
def look_ahead() -> None:
    """Give notice of yearly renewals, a transaction for each, and ask staff about disputed ones."""
    with transaction() as session:
        now = paces.clock(session)
        renewals.ask_about_disputed(session, now=now)
        due = renewals.due(session, now=now)
    for plan_id in due:
        with transaction() as session:
            renewals.give_notice(session, plan_id, now=now)
    if due:
        core().bell.ring(names.SEND_TX)
