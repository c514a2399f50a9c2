"""Amira is on the list, and decides for herself, by the services that the pages call."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select, text

from db.base import db
from db.sealed import keyring
from db.session import transaction
from mailer import address_changes, addresses, erasure, fresh_links, outbox, subscribers
from mailer.models.deliveries import OutboxMail
from mailer.models.subscribers import PGP_COLUMN, ConsentEvent, Subscriber
from tests import builders
from tests.cast import AMIRA
from wiring.core import CORE, Core


@dataclass
class Reader:
    """A subscriber, what she does, and what the tables say of her afterwards."""

    core: Core
    id: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    #: The links that new addresses were mailed, oldest first.
    moves: list[str] = field(default_factory=list)

    @property
    def row(self) -> Subscriber:
        """Her row as it is now."""
        with transaction() as session:
            row = session.get_one(Subscriber, self.id)
            list(row.topics)  # readable once the transaction has ended
            return row

    @property
    def address(self) -> str:
        """Where her mails go."""
        with transaction() as session:
            row = session.get_one(Subscriber, self.id)
            return addresses.unseal(keyring(session), row.address, row.address_index)

    def ask_for_link(self, version: int = 1) -> None:
        """Press 'mail me a link'."""
        with transaction() as session:
            fresh_links.mail(session, self.id, version, links=self.core.links, now=self.now)

    def ask_for_move(self, address: str) -> None:
        """Give a new address."""
        with transaction() as session:
            row = session.get_one(Subscriber, self.id)
            address_changes.ask(session, row, address, links=self.core.links, now=self.now)
        self.moves += [
            str(letter.context["confirm_url"])
            for letter in letters("address-change")
            if letter.address == address and letter.context["confirm_url"] not in self.moves
        ]

    def give_key(self, text: str) -> None:
        """Have something stand for her PGP key."""
        with transaction() as session:
            row = session.get_one(Subscriber, self.id)
            row.pgp_certificate = keyring(session).seal(
                text, column=PGP_COLUMN, row=row.address_index
            )

    def confirm_move(self, number: int = -1) -> bool:
        """Press the button behind a link that a new address was mailed, the last by default."""
        token = urlsplit(self.moves[number]).path.rpartition("/")[2]
        jti = self.core.tokens.read_address_change(token, now=self.now)
        with transaction() as session:
            return address_changes.confirm(session, jti, links=self.core.links, now=self.now)

    def leave(self) -> None:
        """Press the button behind an unsubscribe link."""
        with transaction() as session:
            subscribers.unsubscribe(session, self.id, 1, source="test", now=self.now)

    def erase(self, version: int = 1) -> bool:
        """Have herself erased."""
        with transaction() as session:
            return erasure.erase(session, self.id, version, now=self.now)


@pytest.fixture
def amira(app: Flask) -> Reader:
    """Give Amira, who hears about releases, and could hear about courts."""
    builders.topic("courts", "Courts")
    return Reader(app.extensions[CORE], builders.subscriber(AMIRA))


def letters(template: str | None = None) -> list[outbox.Letter]:
    """Return the mails that are queued and not emptied, oldest first."""
    with transaction() as session:
        ids = session.scalars(
            select(OutboxMail.delivery_id)
            .where(OutboxMail.address != b"")
            .order_by(OutboxMail.delivery_id)
        )
        found = [outbox.letter(session, id_) for id_ in ids]
    return [letter for letter in found if template in {None, letter.template}]


def mails() -> list[tuple[str, str]]:
    """Return the template and the address of each mail that is queued, oldest first."""
    return [(letter.template, letter.address) for letter in letters()]


def events() -> list[tuple[str, str, list[str]]]:
    """Return kind, source and topics of all consent events, oldest first."""
    with transaction() as session:
        rows = session.scalars(select(ConsentEvent).order_by(ConsentEvent.id))
        return [(row.kind.value, row.source, row.topics) for row in rows]


def dump() -> str:
    """Return every value of every row, bytes as hexadecimal digits and as the letters they may hold."""
    shown: list[str] = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            columns = ", ".join(
                f"encode({c.name}, 'escape') || ' ' || encode({c.name}, 'hex')"
                if isinstance(c.type, LargeBinary)
                else f"CAST({c.name} AS text)"
                for c in table.columns
            )
            rows = connection.execute(text(f'SELECT {columns} FROM "{table.name}"'))  # noqa: S608 - our own names
            shown += [str(value) for row in rows for value in row]
    return "\n".join(shown).lower()
