"""A rotation seals everything anew under the newest key, while others read and write."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Session

from db import rotation
from db.base import db
from db.sealed import Keyring, key_name
from db.session import KEYRING, transaction
from mailer import addresses, outbox
from mailer.models.deliveries import OutboxMail
from mailer.models.requests import CHANGE_COLUMN, REQUEST_COLUMN
from mailer.models.subscribers import PGP_COLUMN, Subscriber
from tests import builders
from tests.cast import AMIRA, BORIS

OLD = {"index": b"\1" * 31 + b"\0", "k1": b"\2" * 31 + b"\0"}
NEW = {**OLD, "k2": b"\3" * 31 + b"\0"}

NO_BLOB = {
    "subscriber.address_index": "a keyed hash",
    "suppression.address_index": "a keyed hash",
    "subscription_request.address_index": "a keyed hash",
    "subscription_request.canonical_index": "a keyed hash",
    "subscription_request.domain_tag": "a keyed hash",
    "subscription_request.network_tag": "a keyed hash",
    "subscription_request.wording_hash": "a hash",
    "address_change.address_index": "a keyed hash",
    "address_change.jti_hash": "a hash",
    "donor_link_request.address_index": "a keyed hash",
    "cap.key": "a keyed hash",
    "spent_challenge.digest": "a hash",
    "subscriber_import.file_hash": "a hash",
    "confirm_token.jti_hash": "a hash",
    "attachment.digest": "a hash",
    "attachment.content": "published for everybody",
    "announcement_report.digest": "a hash",
    "confirm_token.wording_hash": "a hash",
    "consent_event.wording_hash": "a hash",
    "consent_wording.hash": "a hash",
    "announcement.content_hash": "a hash",
    "release_version.content_hash": "a hash",
    "audit_entry.mac": "a MAC",
    "audit_head.mac": "a MAC",
    "passkey.credential_id": "public, and looked up as it is",
    "passkey.public_key": "public",
    "donor.address_index": "a keyed hash",
    "receipt.sha256": "a hash",
    "stripe_event.body_sha256": "a hash",
}


@pytest.fixture
def ring(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """Store one value in each sealed column under k1; the ring finds k2 when it is read anew."""
    ring = Keyring(OLD, lambda: NEW)
    monkeypatch.setitem(app.extensions, KEYRING, ring)
    builders.subscriber(AMIRA)
    with transaction() as session:
        _queue(session)
    return ring


def _queue(session: Session) -> int:
    now = builders.NOW
    return outbox.queue(
        session,
        template="confirm",
        address=AMIRA,
        language="en",
        context={"topics": ["Прессa"]},
        now=now,
        expires_at=now + timedelta(days=1),
    )


def _names(session: Session) -> set[str]:
    columns = (Subscriber.address, OutboxMail.address, OutboxMail.context)
    return {key_name(blob) for column in columns for blob in session.scalars(select(column))}


def test_every_column_of_bytes_is_sealed_or_named_as_an_exception() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    sealed = {each.column for each in rotation.columns()}
    assert found == sealed | set(NO_BLOB)
    assert sealed.isdisjoint(NO_BLOB)


def test_each_sealed_column_is_bound_to_its_own_name() -> None:
    names = {each.column for each in rotation.columns()}
    assert names >= {addresses.COLUMN, outbox.ADDRESS, outbox.CONTEXT}
    assert names >= {PGP_COLUMN, REQUEST_COLUMN, CHANGE_COLUMN}


def test_everything_is_sealed_anew_and_reads_as_before(ring: Keyring) -> None:
    ring.refresh()
    with transaction() as session:
        assert rotation.left(session) == rotation.reseal(session) == 3
    with transaction() as session:
        assert _names(session) == {"k2"}
        assert rotation.left(session) == rotation.reseal(session) == 0
        row = session.scalars(select(Subscriber)).one()
        assert addresses.unseal(ring, row.address, row.address_index) == AMIRA
        letter = outbox.letter(session, session.scalars(select(OutboxMail.delivery_id)).one())
    assert (letter.address, letter.context) == (AMIRA, {"topics": ["Прессa"]})


def test_a_process_that_never_heard_of_the_new_key_reads_on(ring: Keyring) -> None:
    elsewhere = Keyring(OLD, lambda: NEW)
    ring.refresh()
    with transaction() as session:
        rotation.reseal(session)
    with transaction() as session:
        row = session.scalars(select(Subscriber)).one()
    assert addresses.unseal(elsewhere, row.address, row.address_index) == AMIRA


@pytest.mark.timeout(30)
def test_a_second_session_reads_while_a_chunk_is_sealed(ring: Keyring) -> None:
    ring.refresh()
    with transaction() as rotating:
        rotation.reseal(rotating)
        rotating.flush()
        with transaction() as reading:
            row = reading.scalars(select(Subscriber)).one()
            assert key_name(row.address) == "k1"
            assert addresses.unseal(ring, row.address, row.address_index) == AMIRA


@pytest.mark.timeout(30)
def test_rows_in_use_are_left_for_the_next_round(ring: Keyring) -> None:
    ring.refresh()
    with transaction() as busy:
        busy.scalars(select(Subscriber).with_for_update()).all()
        with transaction() as session:
            assert rotation.reseal(session) == 2
            assert rotation.left(session) == 1
    with transaction() as session:
        assert rotation.reseal(session) == 1


def test_chunks_go_on_until_nothing_is_left(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 2)
    with transaction() as session:
        for _ in range(4):
            _queue(session)
    ring.refresh()
    done: list[int] = []
    while not done or done[-1]:
        with transaction() as session:
            done.append(rotation.reseal(session))
    assert done == [5, 4, 2, 0]
    with transaction() as session:
        assert _names(session) == {"k2"}


def test_more_unreadable_values_than_a_chunk_holds_do_not_hide_what_lies_behind(
    ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 2)
    for number in range(5):
        builders.subscriber(f"reader{number}@example.org")
    with transaction() as session:
        *spoilt, last = session.scalars(select(Subscriber).order_by(Subscriber.id)).all()
        for row in spoilt:
            row.address = row.address[:-1] + bytes([row.address[-1] ^ 1])
    ring.refresh()
    with transaction() as session:
        rotation.reseal(session)
    with transaction() as session:
        assert key_name(session.get_one(Subscriber, last.id).address) == "k2"


def test_a_value_that_was_changed_is_left_as_it_is_and_stops_nobody_else(ring: Keyring) -> None:
    with transaction() as session:
        row = session.scalars(select(Subscriber)).one()
        row.address = changed = row.address[:-1] + bytes([row.address[-1] ^ 1])
    builders.subscriber(BORIS)
    ring.refresh()
    with transaction() as session:
        while rotation.reseal(session):
            session.flush()
        assert rotation.left(session) == 1
        assert session.get_one(Subscriber, row.id).address == changed
