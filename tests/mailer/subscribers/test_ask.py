"""Asking to be put on the list, from every state a person can be in."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from db.sealed import keyring
from db.session import transaction
from mailer import addresses, consent, subscribers
from mailer.models.deliveries import Batch, Delivery, OutboxMail, Queue
from mailer.models.subscribers import ConfirmToken, ConsentEvent, ConsentWording, Subscriber
from mailer.topics import UnknownTopic
from tests.cast import AMIRA
from tests.mailer.subscribers.conftest import BEFORE, WORDING, Person, asked, events
from wiring.core import core

AT_ONCE = {
    "unknown": ("pending", ["confirm"], ["requested"]),
    "pending": ("pending", ["confirm"], ["requested"]),
    "confirmed": ("confirmed", ["confirm", "already-subscribed"], ["requested", "confirmed"]),
    "ended": ("ended", ["confirm"], ["requested", "confirmed", "withdrawn"]),
}
A_DAY_LATER = {
    "unknown": ("pending", ["confirm"], ["requested"]),
    "pending": ("pending", ["confirm"] * 2, ["requested"] * 2),
    "confirmed": ("confirmed", ["confirm", "already-subscribed"], ["requested", "confirmed"]),
    "ended": ("ended", ["confirm"] * 2, ["requested", "confirmed", "withdrawn", "requested"]),
}


@pytest.mark.parametrize("state", BEFORE)
def test_asking_at_once_sends_no_second_mail_of_a_kind(amira: Person, state: str) -> None:
    BEFORE[state](amira)
    amira.ask("courts")
    assert (amira.state, amira.mails(), events()) == AT_ONCE[state]
    amira.ask("courts")
    assert (amira.state, amira.mails(), events()) == AT_ONCE[state]


@pytest.mark.parametrize("state", BEFORE)
def test_asking_a_day_later_sends_one_more(amira: Person, state: str) -> None:
    BEFORE[state](amira)
    amira.a_day_later()
    amira.ask("courts")
    assert (amira.state, amira.mails(), events()) == A_DAY_LATER[state]


@pytest.mark.parametrize("state", BEFORE)
def test_asking_alone_changes_no_topic_and_lifts_no_suppression(amira: Person, state: str) -> None:
    BEFORE[state](amira)
    before = amira.topics, amira.suppressed
    amira.a_day_later()
    amira.ask("courts")
    assert (amira.topics, amira.suppressed) == before
    assert amira.suppressed is (state == "ended")


def test_the_request_keeps_the_words_the_topics_and_where_it_came_from(amira: Person) -> None:
    amira.ask("courts", "releases")
    with transaction() as session:
        event = session.scalars(select(ConsentEvent)).one()
        token = session.scalars(select(ConfirmToken)).one()
        wording = session.scalars(select(ConsentWording)).one()
    assert (event.source, event.topics) == ("form /subscribe", ["releases", "courts"])
    assert event.wording_hash == token.wording_hash == wording.hash
    assert wording.text == WORDING
    assert token.used_at is None


def test_each_mail_is_a_delivery_in_a_batch_of_its_own_for_the_quick_queue(amira: Person) -> None:
    amira.ask()
    with transaction() as session:
        delivery = session.scalars(select(Delivery)).one()
        batch = session.scalars(select(Batch)).one()
    assert batch.queue is Queue.TX
    assert batch.first_delivery_id == batch.last_delivery_id == delivery.id
    assert (delivery.announcement_id, delivery.subscriber_id) == (None, None)


def test_a_mail_is_of_no_use_after_its_link_has_expired(amira: Person) -> None:
    amira.ask()
    with transaction() as session:
        expires = session.scalars(select(OutboxMail.expires_at)).one()
    assert (expires - amira.now).total_seconds() == 72 * 3600


def test_an_unknown_topic_leaves_no_trace_of_whoever_asked(amira: Person) -> None:
    with pytest.raises(UnknownTopic, match="called nonsense"):
        amira.ask("releases", "nonsense")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_the_same_mailbox_in_capitals_is_mailed_no_second_time(amira: Person) -> None:
    for spelling in (AMIRA, AMIRA.upper(), AMIRA.capitalize(), "aMiRa@example.org"):
        Person(amira.core, spelling).ask()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMail)) == 1


def test_an_address_is_kept_as_it_was_spelled_for_the_mail_that_is_answered(amira: Person) -> None:
    Person(amira.core, "AMIRA@example.org").ask()
    amira.a_day_later()
    amira.ask()
    with transaction() as session:
        row = subscribers.find(session, AMIRA)
        assert row is not None
        kept = addresses.unseal(keyring(session), row.address, row.address_index)
    assert kept == AMIRA


def test_many_requests_at_once_make_one_subscriber_and_one_mail(app: Flask, amira: Person) -> None:
    together = threading.Barrier(6)

    with transaction() as session:
        consent.keep_wording(session, WORDING)

    def post() -> None:
        with app.app_context(), transaction() as session:
            together.wait()
            subscribers.request(session, asked(), links=core().links, now=amira.now)

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert amira.mails() == ["confirm"]
    assert events() == ["requested"]
