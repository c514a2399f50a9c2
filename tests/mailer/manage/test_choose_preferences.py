"""What a subscriber chooses counts at once, and each topic that comes or goes is a consent event."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.session import transaction
from mailer import preferences
from mailer.models.subscribers import ConsentWording, Subscriber, SubscriberState, Topic
from mailer.preferences import NotOnTheList, Preferences
from mailer.topics import UnknownTopic
from tests.mailer.manage.conftest import Reader, events

SAME = Preferences(frozenset({"releases"}), "en")


def choose(reader: Reader, wanted: Preferences) -> None:
    """Save the form."""
    with transaction() as session:
        row = session.get_one(Subscriber, reader.id)
        preferences.change(session, row, wanted, wording="Words shown.", now=reader.now)


def test_saving_what_was_chosen_already_leaves_no_event(amira: Reader) -> None:
    choose(amira, SAME)
    assert preferences.of(amira.row) == SAME
    assert events() == []


def test_a_topic_gained_is_a_consent_with_the_words_shown(amira: Reader) -> None:
    choose(amira, replace(SAME, topics=frozenset({"releases", "courts"})))
    assert events() == [("confirmed", "page /manage", ["courts"])]
    with transaction() as session:
        assert session.scalars(select(ConsentWording.text)).all() == ["Words shown."]


def test_a_topic_lost_is_a_withdrawal_of_that_topic_alone(amira: Reader) -> None:
    choose(amira, replace(SAME, topics=frozenset({"courts"})))
    assert events() == [
        ("confirmed", "page /manage", ["courts"]),
        ("withdrawn", "page /manage", ["releases"]),
    ]
    assert amira.row.state is SubscriberState.CONFIRMED


def test_language_pause_and_plain_text_are_kept_without_an_event(amira: Reader) -> None:
    wanted = Preferences(SAME.topics, "ar", amira.now + timedelta(days=9), plain_only=True)
    choose(amira, wanted)
    assert preferences.of(amira.row) == wanted
    assert events() == []


def test_a_retired_topic_stays_though_the_page_does_not_show_it(amira: Reader) -> None:
    with transaction() as session:
        session.execute(update(Topic).where(Topic.slug == "releases").values(retired_at=amira.now))
    choose(amira, replace(SAME, topics=frozenset({"courts"})))
    assert {topic.slug for topic in amira.row.topics} == {"releases", "courts"}
    assert events() == [("confirmed", "page /manage", ["courts"])]


def test_an_unknown_topic_changes_nothing(amira: Reader) -> None:
    with pytest.raises(UnknownTopic):
        choose(amira, Preferences(frozenset({"weather"}), "ru"))
    assert preferences.of(amira.row) == SAME


def test_who_left_has_no_choice_but_to_subscribe_again(amira: Reader) -> None:
    amira.leave()
    with pytest.raises(NotOnTheList):
        choose(amira, replace(SAME, topics=frozenset({"courts"})))
    assert [kind for kind, _, _ in events()] == ["withdrawn"]
