"""Topics are shown in the order that staff gave them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mailer import topics
from mailer.topics import BadTopic

SLUGS = ["a", "b", "c", "d"]


def order(session: Session) -> list[str]:
    session.flush()
    return [topic.slug for topic in topics.every(session)]


@pytest.fixture
def four(session: Session) -> Session:
    """Add four topics."""
    for slug in SLUGS:
        topics.add(session, slug=slug, name=slug)
    return session


@pytest.mark.parametrize(
    ("slug", "up", "after"),
    [("b", True, "bacd"), ("b", False, "acbd"), ("a", True, "abcd"), ("d", False, "abcd")],
)
def test_a_topic_moves_by_one_place_and_stops_at_the_ends(
    four: Session, slug: str, *, up: bool, after: str
) -> None:
    topics.move(four, topics.named(four, [slug])[0], up=up)
    assert order(four) == list(after)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(moves=st.lists(st.tuples(st.sampled_from(SLUGS), st.booleans())))
def test_no_moves_lose_a_topic(four: Session, moves: list[tuple[str, bool]]) -> None:
    for slug, up in moves:
        topics.move(four, topics.named(four, [slug])[0], up=up)
    assert sorted(order(four)) == SLUGS
    positions = [topic.position for topic in topics.every(four)]
    assert len(set(positions)) == len(SLUGS)


def test_a_topic_added_after_moves_stands_behind_all(four: Session) -> None:
    topics.move(four, topics.named(four, ["a"])[0], up=False)
    topics.add(four, slug="e", name="e")
    assert order(four)[-1] == "e"


def test_names_and_sentences_are_one_line_each(four: Session) -> None:
    topic = topics.add(four, slug="e", name=" Two\nlines ", description="And\r\n three")
    assert (topic.name, topic.description) == ("Two lines", "And three")
    with pytest.raises(BadTopic, match="needs a name"):
        topics.describe(topic, name="\n", description="")
