"""Where no proof came with a list, each person is asked by mail, at a pace the caps leave room for."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from config import limits
from db.sealed import keyring
from db.session import transaction
from mailer import outbox, requests
from mailer.lists.imports import AskedAlready
from mailer.lists.reconfirming import Pace
from mailer.models.deliveries import OutboxMail
from mailer.models.requests import REQUEST_COLUMN, SubscriptionRequest
from mailer.models.subscribers import ConsentWording, SubscriberState
from tests import builders
from tests.builders import NOW
from tests.cast import AMIRA, BORIS, EVE
from tests.mailer.lists.conftest import Lists, counts
from wiring.core import CORE

PACE = Pace(a_minute=10, organisation="Example Rights Foundation")
STEP = timedelta(seconds=6)


def queued() -> list[SubscriptionRequest]:
    with transaction() as session:
        return list(session.scalars(select(SubscriptionRequest).order_by(SubscriptionRequest.id)))


def spread(count: int) -> str:
    """Return a list of people at as many domains."""
    return "".join(f"reader@n{n}.example.org\n" for n in range(count))


def test_nobody_is_subscribed_but_each_is_queued(lists: Lists) -> None:
    assert counts(lists.take(f"{AMIRA}\n{BORIS}\n", PACE)) == (2, 0, 0, 0)
    assert builders.state_of(AMIRA) is None
    first, second = queued()
    assert (first.source, first.topics, first.language) == (
        "import 1",
        ["releases", "courts"],
        "en",
    )
    assert (first.asked_at, second.asked_at) == (NOW, NOW)


def test_what_is_queued_is_sealed_and_names_the_words_they_will_see(lists: Lists) -> None:
    lists.take(f"{AMIRA}\n", PACE)
    (row,) = queued()
    with transaction() as session:
        sealed, index = row.address or b"", row.address_index
        assert keyring(session).open(sealed, column=REQUEST_COLUMN, row=index) == AMIRA
        words = session.get_one(ConsentWording, row.wording_hash).text
    assert words.startswith("I ask Example Rights Foundation to mail me")


def test_a_worker_answers_what_was_queued(app: Flask, lists: Lists) -> None:
    lists.take(spread(3), PACE)
    links = app.extensions[CORE].links
    for now, mails in ((NOW, 1), (NOW + STEP, 2), (NOW + 2 * STEP, 3)):
        with transaction() as session:
            requests.answer(session, links=links, now=now)
        with transaction() as session:
            ids = session.scalars(select(OutboxMail.delivery_id)).all()
            letters = [outbox.letter(session, id_) for id_ in ids]
            assert [letter.template for letter in letters] == ["confirm"] * mails


def test_they_are_asked_at_an_even_pace(lists: Lists) -> None:
    lists.take(spread(5), PACE)
    assert [row.due_at for row in queued()] == [NOW + n * STEP for n in range(5)]


def test_one_domain_gets_no_more_than_its_share_of_the_cap(lists: Lists) -> None:
    lists.take("".join(f"r{n}@example.org\n" for n in range(120)), PACE)
    hours = Counter((row.due_at - NOW) // timedelta(hours=1) for row in queued())
    assert hours[0] == limits.ASKED_PER_DOMAIN * limits.RECONFIRM_CAP_SHARE
    assert sum(hours.values()) == 120


def test_a_second_list_waits_behind_the_first_at_the_same_domain(lists: Lists) -> None:
    lists.take(f"{AMIRA}\n", PACE)
    lists.take(f"{BORIS}\n", PACE)
    first, second = queued()
    assert second.due_at - first.due_at == timedelta(hours=1) / 50


def test_who_left_is_not_asked_and_who_is_confirmed_neither(lists: Lists) -> None:
    builders.suppressed(AMIRA)
    builders.subscriber(BORIS)
    builders.subscriber("cleo@example.org", state=SubscriberState.ENDED)
    builders.subscriber(EVE, state=SubscriberState.PENDING)
    found = lists.take(f"{AMIRA}\n{BORIS}\ncleo@example.org\n{EVE}\n", PACE)
    assert counts(found) == (1, 0, 1, 2)
    assert len(queued()) == 1


def test_whom_the_queue_has_no_room_for_is_refused_for_another_day(lists: Lists) -> None:
    many = int(limits.RECONFIRM_DAYS * 24 * limits.ASKED_PER_DOMAIN * limits.RECONFIRM_CAP_SHARE)
    found = lists.take("".join(f"r{n}@example.org\n" for n in range(many + 9)), PACE)
    assert found.added == len(queued()) == many + 1
    assert found.refused == 8
    assert max(row.due_at for row in queued()) <= NOW + timedelta(days=limits.RECONFIRM_DAYS)
    assert "import this line again" in lists.reasons()[0]


def test_nobody_is_asked_twice_by_one_list(lists: Lists) -> None:
    lists.take(f"{AMIRA}\n{AMIRA}\n", PACE)
    with pytest.raises(AskedAlready, match="asked by import 1"):
        lists.take(f"{AMIRA}\n{AMIRA}\n", PACE)
    assert len(queued()) == 1
