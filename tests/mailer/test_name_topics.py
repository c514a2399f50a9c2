"""Topics are shown in one order, and those asked for in vain are named."""

import pytest
from sqlalchemy.orm import Session

from mailer import topics
from mailer.topics import UnknownTopic


@pytest.fixture
def three(session: Session) -> Session:
    """Add three topics, in the order they are to be shown."""
    for slug in ("releases", "courts", "arrests"):
        topics.add(session, slug=slug, name=slug.capitalize())
    return session


def test_topics_come_in_the_order_they_are_shown(three: Session) -> None:
    asked = topics.named(three, ["arrests", "releases", "arrests"])
    assert [topic.slug for topic in asked] == ["releases", "arrests"]
    assert [topic.slug for topic in topics.every(three)] == ["releases", "courts", "arrests"]
    assert topics.named(three, []) == []


def test_every_topic_asked_for_in_vain_is_named(three: Session) -> None:
    with pytest.raises(UnknownTopic, match="called no, nor; 'flask topics list'") as caught:
        topics.named(three, ["nor", "courts", "no"])
    assert caught.value.slugs == ("no", "nor")
