"""A world in which visitors post and a worker answers."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import outbox, requests, subscribers
from mailer.models.deliveries import OutboxMail
from mailer.models.requests import SubscriptionRequest
from mailer.requests import Entry
from tests import builders
from tests.cast import AMIRA
from wiring.core import core


@dataclass
class Door:
    """The form's other side."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def ask(self, address: str = AMIRA, *, network: str | None = None, times: int = 1) -> None:
        """Post the form so many times, and have all of it answered."""
        with transaction() as session:  # one for all: a commit for each would be most of the time
            for _ in range(times):
                requests.ask(session, self.entry(address, network), now=self.now)
        self.answer()

    def entry(self, address: str, network: str | None = None) -> Entry:
        """Return what a post says."""
        return Entry(
            address=address,
            topics=["releases"],
            language="en",
            wording="I agree.",
            source="form /subscribe",
            network=network,
        )

    def answer(self) -> None:
        """Do what the worker does."""
        answered = 1
        while answered:
            with transaction() as session:
                answered = requests.answer(session, links=core().links, now=self.now)

    def later(self, **time: float) -> None:
        """Let time pass, for what is asked and for what was mailed."""
        self.now += timedelta(**time)

    def mails(self) -> Counter[str]:
        """Count the mails queued, by address."""
        with transaction() as session:
            ids = session.scalars(select(OutboxMail.delivery_id)).all()
            return Counter(outbox.letter(session, id_).address for id_ in ids)

    def answers(self) -> Counter[str]:
        """Count the requests by what became of them."""
        with transaction() as session:
            return Counter(str(a) for a in session.scalars(select(SubscriptionRequest.answer)))

    def confirm_last(self) -> None:
        """Press the button of the newest confirmation."""
        with transaction() as session:
            newest = select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id.desc())
            letter = outbox.letter(session, session.scalars(newest.limit(1)).one())
            token = str(letter.context["confirm_url"]).rpartition("/")[2]
            jti = core().tokens.read_confirm(token, now=self.now)
            subscribers.confirm(session, jti, now=self.now)


@pytest.fixture
def door(app: Flask) -> Door:
    """Open the door, with one topic to choose."""
    builders.topic()
    return Door()
