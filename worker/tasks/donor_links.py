"""The task that mails donors the link to their own page."""

from celery import shared_task

from db.session import transaction
from mailer import paces
from payments import donor_links
from wiring import names
from wiring.core import core


@shared_task(name=names.GIVING_LINKS)
def answer() -> None:
    """Answer everybody who asked for the link, in chunks; the mails leave as soon as they are written."""
    while _some():
        core().bell.ring(names.SEND_TX)


def _some() -> int:
    links = core().links
    with transaction() as session:
        now = paces.clock(session)
        return donor_links.answer(
            session,
            link=lambda donor: links.giving(donor.id, donor.token_version, now=now),
            now=now,
        )
