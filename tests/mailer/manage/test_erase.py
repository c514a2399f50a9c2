"""Erasure leaves nothing that leads to the person, and everything that must be kept."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from config import limits
from db import rotation
from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent, outbox, requests, subscribers, suppressions
from mailer.models.deliveries import Delivery, OutboxMail
from mailer.models.requests import AddressChange, SubscriptionRequest
from mailer.models.subscribers import (
    PGP_COLUMN,
    ConfirmToken,
    ConsentEvent,
    Subscriber,
    SubscriberState,
)
from tests import builders
from tests.cast import BORIS, hire
from tests.mailer.manage.conftest import Reader, dump, events, letters, mails
from tests.mailer.sending.conftest import freeze

CANARY = "canary-7f3a@hidden.example.org"
OTHER = "second-canary@hidden.example.org"
TRACES = ("canary", "hidden.example", b"canary".hex(), b"hidden".hex(), "y2fuyxj5", "nhbmfye")


@pytest.fixture
def canary(amira: Reader) -> Reader:
    """Give somebody whose address is easily found, who has done all that leaves a trace."""
    boris = Reader(amira.core, builders.subscriber(BORIS))
    amira.ask_for_move(CANARY)
    reader = Reader(amira.core, builders.subscriber(CANARY, topic_slugs=("releases", "courts")))
    boris.now += timedelta(days=1, seconds=1)
    boris.ask_for_move(CANARY)
    with transaction() as session:
        consent.keep_wording(session, "Words.")
        row = session.get_one(Subscriber, reader.id)
        row.language, row.plain_only = "ar", True
        row.pgp_certificate = keyring(session).seal(
            f"key of {CANARY}", column=PGP_COLUMN, row=row.address_index
        )
        requests.ask(
            session,
            requests.Entry(CANARY, ["releases"], "en", "Words.", "form /subscribe"),
            now=reader.now,
        )
    freeze(builders.announcement(builders.release(), author=hire("chen"), approver=hire("dana")))
    reader.ask_for_link()
    reader.ask_for_move(OTHER)
    return reader


def blobs(reader: Reader) -> list[str]:
    """Return every sealed value that holds the address, as hexadecimal digits."""
    with transaction() as session:
        row = session.get_one(Subscriber, reader.id)
        mails = [
            mail
            for mail in session.scalars(select(OutboxMail))
            if mail.address and "canary" in outbox.letter(session, mail.delivery_id).address
        ]
        values = [row.address, row.pgp_certificate or b"", row.address_index]
        values += [blob for mail in mails for blob in (mail.address, mail.context)]
        values += session.scalars(select(AddressChange.address)).all()
        values += [blob or b"" for blob in session.scalars(select(SubscriptionRequest.address))]
    return [value.hex() for value in values]


def test_the_row_leads_to_nobody(canary: Reader) -> None:
    index = canary.row.address_index
    assert canary.erase()
    row = canary.row
    assert (row.state, row.address, row.pgp_certificate) == (SubscriberState.ENDED, b"", None)
    assert (row.language, row.plain_only, row.topics) == ("en", False, [])
    assert (len(row.address_index), row.address_index == index) == (32, False)
    assert (row.token_version, row.erased_at) == (2, canary.now)


def test_no_table_keeps_a_trace_of_the_address_once_the_last_mail_has_left(
    canary: Reader,
) -> None:
    sealed = blobs(canary)
    suppressed = sealed[2]
    canary.erase()
    with transaction() as session:
        session.execute(text("DELETE FROM outbox_mail WHERE template = 'erased'"))
    left = dump()
    assert [trace for trace in TRACES if trace in left] == []
    assert [blob for blob in sealed if blob in left] == [suppressed], "the suppression alone"


def test_the_dump_shows_what_is_there_before(canary: Reader) -> None:
    left = dump()
    assert len(blobs(canary)) > 10
    assert all(blob in left for blob in blobs(canary))


def test_no_sealed_value_opens_to_the_address_any_more(canary: Reader) -> None:
    canary.erase()
    with transaction() as session:
        session.execute(text("DELETE FROM outbox_mail WHERE template = 'erased'"))
        opened = [
            keyring(session).open(
                getattr(row, sealed.attribute.key), column=sealed.column, row=sealed.row(row)
            )
            for sealed in rotation.columns()
            for row in session.scalars(select(sealed.model))
            if getattr(row, sealed.attribute.key)
        ]
    assert opened
    assert [value for value in opened if "canary" in value] == []


def test_consent_and_deliveries_stay_and_the_withdrawal_is_recorded(canary: Reader) -> None:
    with transaction() as session:
        before = session.scalar(select(func.count()).where(Delivery.subscriber_id == canary.id))
    canary.erase()
    with transaction() as session:
        after = session.scalar(select(func.count()).where(Delivery.subscriber_id == canary.id))
    assert before == after == 1
    assert events()[-1] == ("withdrawn", "page /manage", [])


def test_the_address_is_suppressed_and_only_their_own_opt_in_lifts_that(canary: Reader) -> None:
    index = canary.row.address_index
    canary.erase()
    with transaction() as session:
        assert suppressions.holds(session, index)
        assert subscribers.find(session, CANARY) is None


def test_who_had_left_before_is_erased_as_well(canary: Reader) -> None:
    canary.leave()
    assert canary.erase()
    assert (canary.row.ended_reason, canary.row.address) == ("unsubscribed", b"")
    assert [kind for kind, _, _ in events()] == ["withdrawn", "withdrawn"]


def test_who_never_confirmed_is_erased_and_never_mailed_again(amira: Reader) -> None:
    id_ = builders.subscriber("pending@example.org", state=SubscriberState.PENDING)
    pending = Reader(amira.core, id_)
    index = pending.row.address_index
    assert pending.erase()
    with transaction() as session:
        assert suppressions.holds(session, index)


def test_open_links_and_wishes_go_with_them(canary: Reader) -> None:
    with transaction() as session:
        session.add(
            ConfirmToken(
                jti_hash=b"x",
                subscriber_id=canary.id,
                topics=[],
                wording_hash=consent.keep_wording(session, "Words."),
                issued_at=canary.now,
            )
        )
    canary.erase()
    with transaction() as session:
        for table in (ConfirmToken, AddressChange, SubscriptionRequest):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_what_others_asked_of_this_address_goes_but_their_own_mails_stay(
    canary: Reader, amira: Reader
) -> None:
    canary.erase()
    left = [(letter.template, letter.address) for letter in letters()]
    assert ("address-change-told", amira.address) in left
    assert ("address-change-told", BORIS) in left
    assert ("address-change", CANARY) not in left


def test_one_last_mail_says_that_it_is_done(canary: Reader) -> None:
    canary.erase()
    assert mails()[-1] == ("erased", CANARY)
    last = letters("erased")[0]
    assert (last.language, last.context) == ("ar", {})
    with transaction() as session:
        rows = session.scalars(select(OutboxMail).where(OutboxMail.template == "erased")).all()
    assert rows[0].subscriber_id is None
    assert rows[0].expires_at - canary.now == timedelta(seconds=limits.ERASED_MAIL_SECONDS)


def test_a_second_erasure_finds_nobody(canary: Reader) -> None:
    canary.erase()
    before = dump()
    assert not canary.erase()
    assert not canary.erase(2)
    assert dump() == before


@pytest.mark.parametrize("version", [0, 2])
def test_a_link_of_another_version_erases_nothing(canary: Reader, version: int) -> None:
    before = dump()
    assert not canary.erase(version)
    assert dump() == before


def test_they_can_come_back_as_somebody_new(canary: Reader) -> None:
    canary.erase()
    again = builders.subscriber(CANARY)
    assert again != canary.id


def test_consent_events_name_nobody_afterwards(canary: Reader) -> None:
    canary.erase()
    with transaction() as session:
        index = addresses.index(keyring(session), CANARY)
        rows = session.scalars(select(ConsentEvent.subscriber_id)).all()
        found = session.scalar(select(Subscriber.id).where(Subscriber.address_index == index))
        session.execute(update(Subscriber).values(language="en"))
    assert (rows, found) == ([canary.id], None)


def test_a_trace_is_looked_for_as_base64_too() -> None:
    assert base64.b64encode(b"canary").decode().lower() in TRACES
