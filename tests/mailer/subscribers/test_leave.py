"""Leaving: at once, once, and without a word to whoever has a wrong link."""

import pytest
from sqlalchemy import select, update

from db.session import transaction
from mailer import subscribers
from mailer.models.subscribers import ConsentEvent, Subscriber, Suppression
from tests.mailer.subscribers.conftest import BEFORE, Person, events

AFTER = {
    "unknown": (None, [], False),
    "pending": ("ended", ["requested", "withdrawn"], True),
    "confirmed": ("ended", ["requested", "confirmed", "withdrawn"], True),
    "ended": ("ended", ["requested", "confirmed", "withdrawn"], True),
}


@pytest.mark.parametrize("state", BEFORE)
def test_leaving_ends_and_suppresses_once(amira: Person, state: str) -> None:
    BEFORE[state](amira)
    mails = amira.mails()
    amira.leave()
    assert (amira.state, events(), amira.suppressed) == AFTER[state]
    amira.leave()
    assert (amira.state, events(), amira.suppressed) == AFTER[state]
    assert amira.mails() == mails, "leaving sends no mail"


@pytest.mark.parametrize("version", [0, 2, -1, 2**40])
def test_a_link_of_another_version_changes_nothing(amira: Person, version: int) -> None:
    BEFORE["confirmed"](amira)
    amira.leave(version)
    assert (amira.state, amira.suppressed) == ("confirmed", False)


def test_a_new_version_voids_the_links_mailed_so_far(amira: Person) -> None:
    BEFORE["confirmed"](amira)
    with transaction() as session:
        session.execute(update(Subscriber).values(token_version=2))
    amira.leave(1)
    assert amira.state == "confirmed"
    amira.leave(2)
    assert amira.state == "ended"


@pytest.mark.parametrize("id_", [0, -1, 4711, 2**62])
def test_an_unknown_subscriber_is_answered_by_silence(amira: Person, id_: int) -> None:
    BEFORE["confirmed"](amira)
    with transaction() as session:
        subscribers.unsubscribe(session, id_, 1, source="test", now=amira.now)
    assert (amira.state, events()) == ("confirmed", ["requested", "confirmed"])


def test_the_withdrawal_says_when_and_by_which_way(amira: Person) -> None:
    BEFORE["ended"](amira)
    with transaction() as session:
        event = session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
        row = session.scalars(select(Subscriber)).one()
        reason = session.scalars(select(Suppression.reason)).one()
    assert event is not None
    assert (event.at, event.source, event.wording_hash) == (amira.now, "test", None)
    assert (row.ended_at, row.ended_reason, reason) == (amira.now, "unsubscribed", "unsubscribed")


def test_the_first_reason_stands(amira: Person) -> None:
    BEFORE["ended"](amira)
    with transaction() as session:
        row = session.scalars(select(Subscriber)).one()
        subscribers.end(session, row, reason="complaint", source="relay", now=amira.now)
    with transaction() as session:
        assert session.scalars(select(Subscriber.ended_reason)).one() == "unsubscribed"
        assert session.scalars(select(Suppression.reason)).one() == "unsubscribed"


def test_counts_name_every_state(amira: Person) -> None:
    BEFORE["ended"](amira)
    Person(amira.core, "boris@example.org").ask()
    with transaction() as session:
        assert subscribers.counts(session) == {"pending": 1, "confirmed": 0, "ended": 1}
