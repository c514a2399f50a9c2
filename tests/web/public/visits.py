"""What visitors do, and what the database holds before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from config.settings import Settings
from db.base import db
from db.session import transaction
from mailer import outbox, releases, requests, topics
from mailer.models.deliveries import OutboxMail
from mailer.parts import Parts
from tests import builders
from tests.cast import AMIRA
from web import forms
from web.app import create_app
from wiring.core import core


def ask(
    client: FlaskClient,
    address: str = AMIRA,
    *,
    topic: tuple[str, ...] = ("releases",),
    nonce: str | None = None,
) -> TestResponse:
    """Post the subscribe form, and have a worker answer the request."""
    fields = {
        "form_nonce": forms.nonce("subscribe") if nonce is None else nonce,
        "address": address,
        "topic": list(topic),
    }
    page = client.post("/subscribe", data=fields)
    answer()
    return page


def answer() -> None:
    """Do what the worker does with requests that are due."""
    with transaction() as session:
        requests.answer(session, links=core().links, now=datetime.now(UTC))


def confirm_path() -> str:
    """Return the path of the link in the confirmation that was mailed last."""
    with transaction() as session:
        newest = select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id.desc())
        letter = outbox.letter(session, session.scalars(newest).first() or 0)
    return str(letter.context["confirm_url"]).removeprefix(core().links.base_url)


def unsubscribe_path(subscriber_id: int, version: int = 1) -> str:
    """Return the path of a subscriber's unsubscribe link."""
    url = core().links.unsubscribe(subscriber_id, version)
    return url.removeprefix(core().links.base_url)


def publish(parts: Parts | None = None, *, others: tuple[Parts, ...] = ()) -> str:
    """Add a published release, with versions in other languages; return its slug."""
    builders.topic()
    with transaction() as session:
        chosen = topics.named(session, ["releases"])
        release = releases.create(session, parts or builders.parts(), topics=chosen)
        for other in others:
            releases.edit(session, release, other, revision=release.revision)
            session.flush()
        release.published_at = datetime.now(UTC)
        return release.slug


@contextmanager
def site(settings: Settings, **changed: object) -> Iterator[FlaskClient]:
    """Give a browser on another site over the same database, with these settings changed."""
    other = create_app(settings.model_copy(update=changed))
    yield other.test_client()
    with other.app_context():
        for engine in db.engines.values():
            engine.dispose()


def everything() -> dict[str, list[str]]:
    """Return every row of every table."""
    with transaction() as session:
        return {
            table.name: sorted(repr(row) for row in session.execute(table.select()))
            for table in db.metadata.sorted_tables
        }


def count(model: type[db.Model]) -> int:  # type: ignore[name-defined] # Flask-SQLAlchemy types it loosely
    """Count the rows of a table."""
    return len(everything()[model.__tablename__])
