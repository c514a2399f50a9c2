"""A subscriber's links, as paths, and what they press."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from db.session import transaction
from mailer import outbox
from mailer.models.deliveries import OutboxMail
from mailer.models.subscribers import Subscriber
from wiring.core import core


def manage(subscriber_id: int, version: int = 1) -> str:
    """Return the path of the link in every mail."""
    return urlsplit(core().links.manage(subscriber_id, version)).path


def fresh(subscriber_id: int, version: int = 1, *, minutes_ago: int = 0) -> str:
    """Return the path of a fresh link that was mailed so long ago."""
    then = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return urlsplit(core().links.fresh(subscriber_id, version, now=then)).path


def mailed(template: str, name: str) -> str:
    """Return the path of the link `name` in the last mail of a kind."""
    newest = select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id.desc())
    with transaction() as session:
        found = session.scalars(newest.where(OutboxMail.template == template)).first()
        return urlsplit(str(outbox.letter(session, found or 0).context[name])).path


def kinds() -> list[str]:
    """Return the template of each mail that is queued, oldest first."""
    with transaction() as session:
        return list(session.scalars(select(OutboxMail.template).order_by(OutboxMail.delivery_id)))


def row(subscriber_id: int) -> Subscriber:
    """Return a subscriber's row as it is now."""
    with transaction() as session:
        found = session.get_one(Subscriber, subscriber_id)
        list(found.topics)  # readable once the transaction has ended
        return found
