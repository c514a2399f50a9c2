"""Tasks that prepare announcements."""

from datetime import UTC, datetime

from celery import shared_task

from config import limits
from db.session import transaction
from mailer import audience
from wiring import names
from wiring.core import core


@shared_task(name=names.FREEZE)
def freeze(announcement_id: int) -> None:
    """Freeze an announcement's audience chunk by chunk, then wake the bulk workers."""
    more = True
    while more:
        with transaction() as session:
            more = audience.freeze(session, announcement_id, now=datetime.now(UTC))
    for _ in range(limits.BELLS):
        core().bell.ring(names.SEND_BULK)
