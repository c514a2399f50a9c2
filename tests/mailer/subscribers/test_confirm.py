"""Pressing the button behind a confirmation link, from every state, once, twice and at once."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import subscribers
from mailer.models.subscribers import ConfirmToken, ConsentEvent, Subscriber
from mailer.tokens import TokenDamaged
from tests.mailer.subscribers.conftest import BEFORE, Person, events


def test_the_first_press_confirms(amira: Person) -> None:
    amira.ask("courts")
    amira.confirm()
    assert (amira.state, amira.topics, amira.suppressed) == ("confirmed", ["courts"], False)
    assert events() == ["requested", "confirmed"]


def test_the_confirmation_names_the_words_that_were_shown_when_asking(amira: Person) -> None:
    amira.ask("courts")
    amira.confirm()
    with transaction() as session:
        asked, confirmed = session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
    assert asked.wording_hash == confirmed.wording_hash is not None
    assert asked.topics == confirmed.topics == ["courts"]


def test_a_second_press_changes_nothing(amira: Person) -> None:
    amira.ask()
    amira.confirm()
    with transaction() as session:
        before = session.scalars(select(Subscriber.confirmed_at)).one()
    amira.now = amira.now.replace(year=amira.now.year + 1)
    with transaction() as session:
        subscribers.confirm(session, _only_jti(amira), now=amira.now)
    with transaction() as session:
        assert session.scalars(select(Subscriber.confirmed_at)).one() == before
    assert events() == ["requested", "confirmed"]


def _only_jti(person: Person) -> str:
    later, person.now = person.now, person.now.replace(year=person.now.year - 1)
    jti = person.jti()
    person.now = later
    return jti


def test_presses_at_once_make_one_event(app: Flask, amira: Person) -> None:
    amira.ask()
    jti, together = amira.jti(), threading.Barrier(50)

    def press() -> None:
        with app.app_context(), transaction() as session:
            together.wait()
            subscribers.confirm(session, jti, now=amira.now)

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert events() == ["requested", "confirmed"]


def test_a_used_link_brings_nobody_back(amira: Person) -> None:
    BEFORE["ended"](amira)
    amira.confirm()
    assert (amira.state, amira.suppressed) == ("ended", True)
    assert events() == ["requested", "confirmed", "withdrawn"]


def test_an_unused_link_mailed_before_leaving_brings_nobody_back(amira: Person) -> None:
    amira.ask()
    amira.a_day_later()
    amira.ask()
    amira.confirm()
    amira.leave()
    amira.confirm(0)
    assert (amira.state, amira.suppressed) == ("ended", True)
    assert events() == ["requested", "requested", "confirmed", "withdrawn"]


def test_a_link_asked_for_after_leaving_brings_back_and_lifts_the_suppression(
    amira: Person,
) -> None:
    BEFORE["ended"](amira)
    amira.a_day_later()
    amira.ask("courts")
    assert amira.suppressed
    amira.confirm()
    assert (amira.state, amira.topics, amira.suppressed) == ("confirmed", ["courts"], False)
    with transaction() as session:
        row = session.scalars(select(Subscriber)).one()
    assert (row.ended_at, row.ended_reason) == (None, None)


def test_a_second_link_replaces_the_topics(amira: Person) -> None:
    amira.ask("releases")
    amira.a_day_later()
    amira.ask("courts")
    amira.confirm(0)
    assert amira.topics == ["releases"]
    amira.confirm(1)
    assert amira.topics == ["courts"]


@pytest.mark.parametrize("jti", ["", "nonsense", "\0", "x" * 500])
def test_a_link_that_nobody_mailed_is_damaged(amira: Person, jti: str) -> None:
    amira.ask()
    for act in (subscribers.pending_topics, lambda s, j: subscribers.confirm(s, j, now=amira.now)):
        with pytest.raises(TokenDamaged), transaction() as session:
            act(session, jti)
    assert events() == ["requested"]


def test_looking_at_a_link_changes_nothing(amira: Person) -> None:
    amira.ask("courts", "releases")
    with transaction() as session:
        shown = subscribers.pending_topics(session, amira.jti())
    assert [topic.slug for topic in shown] == ["releases", "courts"]
    assert (amira.state, events()) == ("pending", ["requested"])


def test_the_table_of_links_holds_no_link(amira: Person) -> None:
    amira.ask()
    with transaction() as session:
        kept = session.scalars(select(ConfirmToken.jti_hash)).one()
    assert len(kept) == 32
    assert amira.jti().encode() not in kept
