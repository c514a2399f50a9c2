"""Who never confirmed is forgotten in a week; of who left a suppression is left, and nothing else."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from config import limits
from db.base import db
from db.session import transaction
from mailer import subscribers
from mailer.models.subscribers import Subscriber
from mailer.tokens import TokenDamaged
from tests.mailer.retention.conftest import Run, age, age_request, count
from tests.mailer.subscribers.conftest import Person, amira, events

__all__ = ["amira"]

ERASED = "erased_at IS NOT NULL AND address = '' AND pgp_certificate IS NULL AND state = 'ended'"


def test_an_address_that_was_never_confirmed_goes_after_seven_days(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(7)
    assert run() == {"unconfirmed": 1}
    assert (amira.state, count("subscriber", ERASED)) == (None, 1)
    assert (count("confirm_token"), count("subscriber_topic")) == (0, 0)
    assert events() == ["requested"]


def test_it_stays_until_then(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(6.99)
    assert run() == {}
    assert amira.state == "pending"


def test_the_last_request_counts_not_the_first(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(8)
    amira.a_day_later()
    amira.ask()
    assert run() == {}
    amira.confirm()
    assert amira.state == "confirmed"


def test_whoever_did_not_confirm_may_ask_again(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(8)
    run()
    assert not amira.suppressed
    amira.ask()
    amira.confirm()
    assert (amira.state, count("subscriber")) == ("confirmed", 2)


def test_a_pending_row_that_nothing_refers_to_is_deleted(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(8)
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE consent_event"))
    assert run() == {"unconfirmed": 1}
    assert count("subscriber") == 0


def test_of_who_left_only_the_suppression_remains_after_thirty_days(
    amira: Person, run: Run
) -> None:
    amira.ask()
    amira.confirm()
    amira.leave()
    age(30, "subscriber.ended_at")
    assert run() == {"ended": 1}
    assert (amira.state, count("subscriber", ERASED), amira.suppressed) == (None, 1, True)
    assert (count("subscriber_topic"), count("confirm_token")) == (0, 0)
    assert events() == ["requested", "confirmed", "withdrawn"]


def test_they_stay_until_then(amira: Person, run: Run) -> None:
    amira.ask()
    amira.leave()
    age(29.99, "subscriber.ended_at")
    assert (run(), amira.state) == ({}, "ended")


def test_who_left_and_has_asked_to_come_back_is_waited_for(amira: Person, run: Run) -> None:
    amira.ask()
    amira.leave()
    amira.a_day_later()
    amira.ask()
    age(31, "subscriber.ended_at")
    assert run() == {}
    amira.confirm()
    assert (amira.state, amira.suppressed) == ("confirmed", False)


def test_an_address_that_ended_without_a_suppression_gets_one(amira: Person, run: Run) -> None:
    amira.ask()
    amira.confirm()
    amira.leave()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM suppression"))
    age(31, "subscriber.ended_at")
    run()
    assert amira.suppressed


def test_the_confirmed_are_left_alone_however_old(amira: Person, boris: Person, run: Run) -> None:
    for person in (amira, boris):
        person.ask()
        person.confirm()
    age(4000, "subscriber.created_at", "subscriber.confirmed_at")
    assert run() == {}
    assert (amira.state, boris.state, amira.topics) == ("confirmed", "confirmed", ["releases"])


def test_links_mailed_before_lead_nowhere(amira: Person, run: Run) -> None:
    amira.ask()
    jti, id_ = amira.jti(), amira.id
    age_request(8)
    run()
    with pytest.raises(TokenDamaged), transaction() as session:
        subscribers.confirm(session, jti, now=amira.now)
    with transaction() as session:
        subscribers.unsubscribe(session, id_, 1, source="test", now=amira.now)
        assert session.get_one(Subscriber, id_).token_version == 2
    assert events() == ["requested"]


def test_two_stripped_rows_have_different_random_hashes(
    amira: Person, boris: Person, run: Run
) -> None:
    amira.ask()
    boris.ask()
    age_request(8)
    assert run() == {"unconfirmed": 2}
    with transaction() as session:
        hashes = set(session.scalars(select(Subscriber.address_index)))
    assert {len(each) for each in hashes} == {32}
    assert len(hashes) == 2


def test_a_chunk_at_a_time_all_of_them_go(
    app: Flask, amira: Person, boris: Person, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RETENTION_CHUNK", 1)
    amira.ask()
    boris.ask()
    age_request(8)
    assert run() == {"unconfirmed": 2}


def test_a_row_that_somebody_works_on_is_left_for_the_next_run(amira: Person, run: Run) -> None:
    amira.ask()
    age_request(8)
    with transaction() as session:
        session.scalars(select(Subscriber).with_for_update()).one()
        assert run() == {}
    assert run() == {"unconfirmed": 1}
