"""Who is new comes in with a proof; who is known keeps their own choice; who left stays out."""

from datetime import datetime

from sqlalchemy import text

from config import limits
from db.session import transaction
from mailer import consent, subscribers
from mailer.models.subscribers import (
    ConsentKind,
    ConsentWording,
    Subscriber,
    SubscriberState,
    Suppression,
)
from mailer.models.transfers import SubscriberImport
from tests import builders
from tests.builders import NOW
from tests.cast import AMIRA, BORIS, EVE
from tests.mailer.lists.conftest import HEADER, PROOF, Lists, counts, events, topics_of


def withdraw(address: str, topic: str, *, at: datetime) -> None:
    """Let a subscriber take a topic away on their own page."""
    with transaction() as session:
        found = subscribers.find(session, address)
        assert found is not None
        found.topics = [each for each in found.topics if each.slug != topic]
        kind = ConsentKind.WITHDRAWN
        consent.record(session, found, kind, at=at, source="page /manage", topics=[topic])


def leave(address: str) -> None:
    """Let a subscriber leave the list."""
    with transaction() as session:
        found = subscribers.find(session, address)
        assert found is not None
        subscribers.end(session, found, reason="unsubscribed", source="test", now=NOW)


def test_who_is_new_is_confirmed_with_topics_language_and_proof(lists: Lists) -> None:
    row = f'{AMIRA},courts,es,{PROOF},"I ask for news."\n'
    assert counts(lists.take(HEADER + row)) == (1, 0, 0, 0)
    with transaction() as session:
        found = subscribers.find(session, AMIRA)
        assert found is not None
        assert (found.state, found.language) == (SubscriberState.CONFIRMED, "es")
        assert found.confirmed_at == datetime.fromisoformat(PROOF)
    assert topics_of(AMIRA) == ["courts"]


def test_the_proof_is_a_consent_event_with_its_words(lists: Lists) -> None:
    note = "I ask for news.\nPlease."
    lists.take(f'{HEADER}{AMIRA},courts,es,{PROOF},"{note}"\n{BORIS},,,{PROOF},\n')
    first, second = events()
    assert (first.kind, first.at) == (ConsentKind.CONFIRMED, datetime.fromisoformat(PROOF))
    assert (first.source, first.topics) == ("import 1", ["courts"])
    with transaction() as session:
        assert session.get_one(ConsentWording, first.wording_hash).text == note
    assert (second.wording_hash, second.topics) == (None, ["releases", "courts"])


def test_no_address_is_stored_in_the_clear(lists: Lists) -> None:
    lists.rows(f"{AMIRA},courts")
    with transaction() as session:
        found = session.query(Subscriber).one()
        assert b"amira" not in found.address
        assert subscribers.find(session, AMIRA) is found


def test_the_same_list_again_changes_nothing(lists: Lists) -> None:
    lists.rows(f"{AMIRA},courts", f"{BORIS},")
    before = [event.id for event in events()]
    assert counts(lists.rows(f"{AMIRA},courts", f"{BORIS},")) == (0, 0, 2, 0)
    assert [event.id for event in events()] == before


def test_who_was_pending_is_confirmed_by_the_proof(lists: Lists) -> None:
    builders.subscriber(AMIRA, state=SubscriberState.PENDING, topic_slugs=())
    assert counts(lists.rows(f"{AMIRA},courts")) == (0, 1, 0, 0)
    assert builders.state_of(AMIRA) is SubscriberState.CONFIRMED
    assert topics_of(AMIRA) == ["courts"]
    assert [event.kind for event in events()] == [ConsentKind.CONFIRMED]


def test_a_second_list_adds_its_topic(lists: Lists) -> None:
    lists.rows(f"{AMIRA},courts")
    assert counts(lists.rows(f"{AMIRA},releases")) == (0, 1, 0, 0)
    assert topics_of(AMIRA) == ["releases", "courts"]
    assert [event.topics for event in events()] == [["courts"], ["releases"]]


def test_what_a_person_took_away_since_the_proof_stays_away(lists: Lists) -> None:
    lists.rows(f"{AMIRA},releases;courts")
    withdraw(AMIRA, "courts", at=NOW)
    assert counts(lists.rows(f"{AMIRA},courts")) == (0, 0, 1, 0)
    assert topics_of(AMIRA) == ["releases"]


def test_a_proof_younger_than_the_withdrawal_counts(lists: Lists) -> None:
    lists.rows(f"{AMIRA},releases;courts")
    withdraw(AMIRA, "courts", at=datetime.fromisoformat("2024-02-01T12:00:00Z"))
    assert counts(lists.rows(f"{AMIRA},courts")) == (0, 1, 0, 0)
    assert topics_of(AMIRA) == ["releases", "courts"]


def test_who_left_is_never_brought_back(lists: Lists) -> None:
    builders.subscriber(AMIRA)
    leave(AMIRA)
    assert counts(lists.rows(f"{AMIRA.upper()},courts")) == (0, 0, 0, 1)
    assert builders.state_of(AMIRA) is SubscriberState.ENDED
    assert "suppressed" in lists.reasons()[0]


def test_a_suppression_outlives_the_person_s_row(lists: Lists) -> None:
    builders.suppressed(AMIRA)
    with transaction() as session:
        session.execute(text("DELETE FROM subscriber_topic"))
        session.execute(text("DELETE FROM subscriber"))
    assert counts(lists.rows(f"{AMIRA},courts", f"{BORIS},courts")) == (1, 0, 0, 1)
    assert builders.state_of(AMIRA) is None
    with transaction() as session:
        assert session.query(Suppression).count() == 1


def test_who_ended_without_a_suppression_is_not_brought_back(lists: Lists) -> None:
    builders.subscriber(AMIRA, state=SubscriberState.ENDED)
    assert counts(lists.rows(f"{AMIRA},courts")) == (0, 0, 0, 1)
    assert builders.state_of(AMIRA) is SubscriberState.ENDED


def test_an_address_that_comes_twice_is_refused_the_second_time(lists: Lists) -> None:
    assert counts(lists.rows(f"{AMIRA},courts", f"{BORIS},", f"{AMIRA.upper()},")) == (2, 0, 0, 1)
    assert lists.reasons() == ["4: the same address is in line 2"]
    assert topics_of(AMIRA) == ["courts"]


def test_an_address_that_comes_twice_far_apart_is_refused_too(lists: Lists) -> None:
    others = [f"r{n}@example.org," for n in range(limits.LIST_CHUNK_ROWS)]
    found = lists.rows(f"{AMIRA},courts", *others, f"{AMIRA},releases")
    assert counts(found) == (limits.LIST_CHUNK_ROWS + 1, 0, 0, 1)
    assert lists.reasons() == [
        f"{limits.LIST_CHUNK_ROWS + 3}: the same address is in an earlier line"
    ]
    assert topics_of(AMIRA) == ["courts"]


def test_one_refused_row_stops_no_other(lists: Lists) -> None:
    found = lists.rows(f"{AMIRA},sports", f"{BORIS},courts", "nobody,", f"{EVE},")
    assert counts(found) == (2, 0, 0, 2)
    assert [line.partition(":")[0] for line in lists.reasons()] == ["2", "4"]


def test_the_import_is_a_row_with_its_counts(lists: Lists) -> None:
    lists.rows(f"{AMIRA},sports", f"{BORIS},courts")
    with transaction() as session:
        row = session.query(SubscriberImport).one()
        assert (row.file_name, row.rows_done, row.added, row.refused) == ("list.csv", 2, 1, 1)
        assert row.mapping["email"] == "email"
        assert row.finished_at == NOW
