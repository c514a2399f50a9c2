"""Retiring a topic takes it off the forms and out of audiences; nobody is moved without a word for it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from mailer import approvals, control, figures, proposals, releases, subscribers, topics
from mailer.models.announcements import Announcement
from mailer.models.subscribers import ConsentEvent, SubscriberState, Topic
from mailer.topics import Readers, TopicInUse
from tests import builders
from tests.builders import NOW
from tests.cast import AMIRA, BORIS, EVE, Staff


def get(session: Session, slug: str = "courts") -> Topic:
    return topics.named(session, [slug])[0]


@pytest.fixture
def held(app: Flask) -> None:
    """Have Amira hold both topics, Boris courts alone, and an ended and a pending one hold it too."""
    builders.subscriber(AMIRA, topic_slugs=("releases", "courts"))
    builders.subscriber(BORIS, topic_slugs=("courts",))
    builders.subscriber(EVE, topic_slugs=("courts",), state=SubscriberState.ENDED)
    builders.subscriber("p@example.org", topic_slugs=("courts",), state=SubscriberState.PENDING)


def retire(slug: str = "courts") -> None:
    with transaction() as session:
        topics.retire(session, get(session, slug), now=NOW)


def merge() -> int:
    with transaction() as session:
        return topics.merge(session, get(session), get(session, "releases"), now=NOW)


def topics_of(address: str) -> list[str]:
    with transaction() as session:
        row = subscribers.find(session, address)
        return [topic.slug for topic in row.topics] if row else []


def test_a_retired_topic_is_offered_no_more_and_held_as_before(held: None) -> None:
    retire()
    with transaction() as session:
        assert [topic.slug for topic in topics.offered(session)] == ["releases"]
        assert len(topics.every(session)) == 2
    assert topics_of(BORIS) == ["courts"]


def test_restored_it_is_offered_again_in_its_place(held: None) -> None:
    retire("releases")
    with transaction() as session:
        topics.restore(get(session, "releases"))
        assert [topic.slug for topic in topics.offered(session)] == ["releases", "courts"]


def test_a_second_retirement_keeps_the_first_time(held: None) -> None:
    retire()
    with transaction() as session:
        topics.retire(session, get(session), now=NOW.replace(year=2030))
        assert get(session).retired_at == NOW


def test_readers_are_the_confirmed_and_those_who_would_get_nothing_are_counted(held: None) -> None:
    with transaction() as session:
        assert topics.readers(session, get(session)) == Readers(total=2, alone=1)
    retire("releases")
    with transaction() as session:
        assert topics.readers(session, get(session)) == Readers(total=2, alone=2)


def test_a_release_on_a_retired_topic_cannot_be_proposed(
    app: Flask, staff: Callable[..., Staff]
) -> None:
    slug = builders.release()
    retire("releases")
    with pytest.raises(proposals.NoTopics, match="Press releases is retired"):
        builders.announcement(slug, author=staff("chen", "author"))


def test_a_topic_is_not_retired_or_merged_while_an_announcement_to_it_runs(
    held: None, staff: Callable[..., Staff]
) -> None:
    slug = builders.release()
    id_ = builders.announcement(slug, author=staff("chen", "author"))
    with pytest.raises(TopicInUse, match=f"Announcement {id_} to this topic is not over"):
        retire("releases")
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        control.cancel(session, made, staff_id=None, note="", now=NOW)
    retire("releases")


def test_a_merge_moves_the_confirmed_with_an_event_that_says_so(held: None) -> None:
    retire()
    assert merge() == 2
    assert (topics_of(AMIRA), topics_of(BORIS)) == (["releases"], ["releases"])
    assert (topics_of(EVE), topics_of("p@example.org")) == (["courts"], ["courts"])
    with transaction() as session:
        event = session.scalars(select(ConsentEvent)).one()
        boris = subscribers.find(session, BORIS)
    assert boris is not None
    assert (event.subscriber_id, event.kind, event.source) == (
        boris.id,
        "confirmed",
        "topic merged",
    )
    assert (event.topics, event.wording_hash, event.at) == (["releases"], None, NOW)


def test_a_merge_goes_by_chunks_and_ends(held: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FREEZE_CHUNK", 1)
    assert [merge(), merge(), merge()] == [1, 1, 0]


def test_nobody_is_moved_to_a_topic_that_is_retired_or_the_same(held: None) -> None:
    retire("releases")
    with pytest.raises(TopicInUse, match="Choose another topic"):
        merge()
    with transaction() as session, pytest.raises(TopicInUse, match="Choose another topic"):
        topics.merge(session, get(session), get(session), now=NOW)


def test_a_merge_is_no_growth(held: None) -> None:
    merge()
    with transaction() as session:
        assert not any(week.joined for week in figures.by_week(session, now=NOW, weeks=2))


def test_the_content_an_announcement_is_bound_to_survives_a_new_name(
    app: Flask, staff: Callable[..., Staff]
) -> None:
    slug = builders.release()
    id_ = builders.announcement(slug, author=staff("chen", "author"))
    with transaction() as session:
        topics.describe(get(session, "releases"), name="New name", description="New.")
    with transaction() as session:
        approvals.refuse_if_changed(session.get_one(Announcement, id_))
        assert releases.named(session, slug).topics[0].name == "New name"
