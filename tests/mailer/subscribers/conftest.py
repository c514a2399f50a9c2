"""Amira asks, confirms and leaves, by the services that the pages call."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text

from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent, outbox, subscribers, suppressions
from mailer.models.deliveries import OutboxMail
from mailer.models.subscribers import ConsentEvent, SubscriberState
from mailer.subscribers import Asked
from tests import builders
from tests.cast import AMIRA
from wiring.core import CORE, Core

WORDING = consent.wording("Example Rights Foundation")


def asked(address: str = AMIRA, *topics: str) -> Asked:
    """Return what a visitor asks for."""
    chosen = topics or ("releases",)
    kept = hashlib.sha256(WORDING.encode()).digest()
    return Asked(address, chosen, language="en", wording_hash=kept, source="form /subscribe")


@dataclass
class Person:
    """One address, what it does, and what the tables say of it afterwards."""

    core: Core
    address: str = AMIRA
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def ask(self, *topics: str) -> None:
        """Post the form."""
        with transaction() as session:
            consent.keep_wording(session, WORDING)
            subscribers.request(
                session, asked(self.address, *topics), links=self.core.links, now=self.now
            )

    def mails(self) -> list[str]:
        """Return the templates of the mails queued to this address, oldest first."""
        return [letter.template for letter in _letters() if letter.address == self.address]

    def jti(self, number: int = -1) -> str:
        """Return what the link in a confirmation mail carries; the last one's by default."""
        urls = [str(letter.context["confirm_url"]) for letter in _letters("confirm")]
        token = urlsplit(urls[number]).path.rpartition("/")[2]
        return self.core.tokens.read_confirm(token, now=self.now)

    def confirm(self, number: int = -1) -> None:
        """Press the button behind a confirmation link."""
        with transaction() as session:
            subscribers.confirm(session, self.jti(number), now=self.now)

    def leave(self, version: int = 1) -> None:
        """Press the button behind an unsubscribe link."""
        with transaction() as session:
            subscribers.unsubscribe(session, self.id, version, source="test", now=self.now)

    def a_day_later(self) -> None:
        """Let a day and a second go by since what was queued, issued and ended so far."""
        with transaction() as session:
            for past in (
                "outbox_mail.created_at",
                "confirm_token.issued_at",
                "subscriber.ended_at",
            ):
                table, column = past.split(".")
                older = f"{column} = {column} - interval '86401 seconds'"
                session.execute(text(f"UPDATE {table} SET {older}"))  # noqa: S608 - our own words

    @property
    def id(self) -> int:
        """The number of the subscriber, 0 where there is none."""
        with transaction() as session:
            found = subscribers.find(session, self.address)
            return found.id if found else 0

    @property
    def state(self) -> SubscriberState | None:
        """Where the subscriber stands."""
        return builders.state_of(self.address)

    @property
    def topics(self) -> list[str]:
        """What they hear about."""
        with transaction() as session:
            found = subscribers.find(session, self.address)
            return [topic.slug for topic in found.topics] if found else []

    @property
    def suppressed(self) -> bool:
        """Whether the address must not be mailed."""
        with transaction() as session:
            index = addresses.index(keyring(session), self.address)
            return suppressions.holds(session, index)


def _letters(template: str | None = None) -> list[outbox.Letter]:
    with transaction() as session:
        ids = session.scalars(select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id))
        letters = [outbox.letter(session, id_) for id_ in ids]
    return [letter for letter in letters if template in {None, letter.template}]


def events() -> list[str]:
    """Return the kinds of all consent events, oldest first."""
    with transaction() as session:
        return list(session.scalars(select(ConsentEvent.kind).order_by(ConsentEvent.id)))


@pytest.fixture
def amira(app: Flask) -> Person:
    """Give Amira, whom nobody knows yet, and two topics to ask for."""
    builders.topic()
    builders.topic("courts", "Courts")
    return Person(app.extensions[CORE])


Lead = Callable[[Person], None]


def _confirm_first(person: Person) -> None:
    person.ask()
    person.confirm()


def _leave_again(person: Person) -> None:
    _confirm_first(person)
    person.leave()


BEFORE: dict[str, Lead] = {
    "unknown": lambda _: None,
    "pending": lambda person: person.ask(),
    "confirmed": _confirm_first,
    "ended": _leave_again,
}
"""How to come to each state that a person can be in."""
