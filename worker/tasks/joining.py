"""The task that asks for the list on behalf of donors who ticked the box: as a visitor does."""

from typing import Final

from celery import shared_task
from sqlalchemy.orm import Session

from config import languages
from db.session import transaction
from mailer import paces, requests, topics
from payments import joining
from wiring import names
from wiring.core import core

WORDING: Final = "I would like your press releases by mail, too"
"""The words beside the box of the donation form (web/templates/public/donate.html), which were agreed to."""


@shared_task(name=names.JOIN)
def join() -> None:
    """Write down a request for each donor who ticked the box and whose gift arrived; the rest is as usual."""
    passed_on = more = _some()
    while more:
        more = _some()
    if passed_on:
        core().bell.ring(names.ANSWER)


def _some() -> int:
    with transaction() as session:
        return joining.pass_on(session, _ask)


def _ask(session: Session, address: str, language: str) -> None:
    entry = requests.Entry(
        address=address,
        topics=sorted(topic.slug for topic in topics.offered(session)),
        language=language,
        wording=languages.translations(language).gettext(WORDING),
        source="form /donate",
    )
    requests.ask(session, entry, now=paces.clock(session))
