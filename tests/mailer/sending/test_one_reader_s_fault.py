"""One row that cannot be sent is that row's alone: nobody else waits for it."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select, text, update

from db.base import db
from db.session import transaction
from mailer import fresh_links, missing_keys, packing, retries
from mailer.models.announcements import Announcement, AnnouncementState
from mailer.models.deliveries import Delivery, DeliveryState, OutboxMail, Queue
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests import builders, pgp_keys
from tests.mailer.sending.conftest import hasten, progress, received, send_all
from wiring.core import core

Open = Callable[..., Office]
Announce = Callable[[int], int]


def fate_of(subscriber_id: int) -> tuple[DeliveryState, str | None]:
    with transaction() as session:
        row = session.scalars(select(Delivery).where(Delivery.subscriber_id == subscriber_id)).one()
        return row.state, row.reason


def call_key(name: str, table: str, column: str) -> None:
    """Have every value of a column name another key; the name, which is 'k1', stands behind two bytes."""
    with db.engine.begin() as connection:
        renamed = f"overlay({column} placing '{name}'::bytea from 3)"
        connection.execute(text(f"UPDATE {table} SET {column} = {renamed}"))  # noqa: S608 - our own words


def test_an_address_sealed_with_a_key_that_is_not_here_waits_alone(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(5)
    with db.engine.begin() as connection:
        rename = text(
            "UPDATE subscriber SET address = overlay(address placing 'zz'::bytea from 3) WHERE id = 2"
        )
        connection.execute(rename)
    send_all(open_office())
    assert len(received(sink)) == 4
    assert fate_of(2) == (DeliveryState.DEFERRED, missing_keys.REASON)
    assert progress(id_).counts[DeliveryState.ACCEPTED] == 4


def test_a_missing_key_is_waited_for_past_every_deadline(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(5)
    call_key("zz", "subscriber", "address")
    with transaction() as session:
        session.get_one(Announcement, id_).started_at = datetime.now(UTC) - 3 * retries.GIVE_UP
    send_all(open_office())
    assert progress(id_).counts[DeliveryState.DEFERRED] == 5
    assert progress(id_).state == AnnouncementState.SENDING
    call_key("k1", "subscriber", "address")
    hasten()
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert progress(id_).closes


def test_that_a_key_is_missing_is_told_once(open_office: Open, announced: Announce) -> None:
    id_ = announced(60)
    call_key("zz", "subscriber", "address")
    for _ in range(2):
        send_all(open_office())
        hasten()
    with transaction() as session:
        events = session.get_one(Announcement, id_).events
        told = [(event.note, event.state_after) for event in events if event.tell]
    assert told == [(missing_keys.REASON, "sending")]


def test_a_single_mail_waits_for_its_key_until_it_is_of_no_use(
    open_office: Open, app: Flask, sink: Sink
) -> None:
    id_ = builders.subscriber("amira@example.org")
    with transaction() as session:
        fresh_links.mail(session, id_, 1, links=core().links, now=datetime.now(UTC))
    call_key("zz", "outbox_mail", "context")
    send_all(open_office(), Queue.TX)
    assert the_single_mail() == (DeliveryState.DEFERRED, missing_keys.REASON)
    with transaction() as session:
        session.execute(update(OutboxMail).values(expires_at=datetime.now(UTC)))
    hasten()
    send_all(open_office(), Queue.TX)
    assert the_single_mail() == (DeliveryState.SKIPPED, "expired")


def test_a_single_mail_to_whose_readers_key_the_data_key_is_missing_waits(
    open_office: Open, app: Flask, sink: Sink
) -> None:
    id_ = builders.subscriber("amira@example.org")
    pgp_keys.give(id_)
    call_key("zz", "subscriber", "pgp_certificate")
    with transaction() as session:
        fresh_links.mail(session, id_, 1, links=core().links, now=datetime.now(UTC))
    send_all(open_office(), Queue.TX)
    assert the_single_mail() == (DeliveryState.DEFERRED, missing_keys.REASON)


def the_single_mail() -> tuple[DeliveryState, str | None]:
    with transaction() as session:
        row = session.scalars(select(Delivery)).one()
        return row.state, row.reason


def test_an_address_that_was_changed_in_the_table_is_refused_alone(
    open_office: Open, announced: Announce, sink: Sink
) -> None:
    id_ = announced(5)
    with db.engine.begin() as connection:
        swap = text(
            "UPDATE subscriber SET address = (SELECT address FROM subscriber WHERE id = 3) WHERE id = 2"
        )
        connection.execute(swap)
    send_all(open_office())
    assert len(received(sink)) == 4
    assert fate_of(2) == (DeliveryState.REFUSED, packing.UNREADABLE)
    assert progress(id_).closes
