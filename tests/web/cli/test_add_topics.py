import pytest
from flask import Flask

from config import limits
from db.session import transaction
from mailer import topics
from tests import builders
from tests.cast import AMIRA
from tests.web.cli import commands
from tests.web.staff import members


def _row(slug: str, name: str, description: str = "") -> dict[str, object]:
    words = {"slug": slug, "name": name, "description": description}
    return {**words, "by_invitation": False, "retired": False}


def test_a_topic_is_added_behind_the_others(app: Flask) -> None:
    commands.run(app, "topics", "add", "first", "The first")
    commands.run(app, "topics", "add", "second", "The second", "--description", "A sentence.")
    assert commands.value(app, "topics", "list") == [
        _row("first", "The first"),
        _row("second", "The second", "A sentence."),
    ]
    assert members.acts() == ["topic.add", "topic.add"]


def test_people_read_topics_by_line(app: Flask) -> None:
    assert "There are no topics yet" in commands.run(app, "topics", "list").stdout
    assert commands.run(app, "topics", "add", "first", "The first").stdout == "first\n"
    assert commands.run(app, "topics", "list").stdout == "first  The first\n"


def test_a_press_list_is_offered_to_nobody(app: Flask) -> None:
    commands.run(app, "topics", "add", "press", "Press", "--by-invitation")
    assert commands.run(app, "topics", "list").stdout == "press  Press  (by invitation)\n"
    with transaction() as session:
        assert (list(topics.offered(session)), len(topics.current(session))) == ([], 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("A Slug", "Name"), "A slug is lower-case letters"),
        (("x" * (limits.SLUG_LENGTH + 1), "Name"), "A slug is lower-case letters"),
        (("slug", " "), "A topic needs a name"),
        (("slug", "x" * (limits.TOPIC_NAME_LENGTH + 1)), "A topic needs a name"),
        (("slug", "Name", "--description", "x" * 301), "A description has at most"),
        (("first", "Again"), "There is a topic called first already"),
    ],
)
def test_a_topic_that_cannot_be_is_refused(
    app: Flask, words: tuple[str, ...], sentence: str
) -> None:
    commands.run(app, "topics", "add", "first", "The first")
    assert sentence in commands.refused(app, "topics", "add", *words)
    assert len(commands.value(app, "topics", "list")) == 1


def test_a_topic_gets_another_name_and_keeps_its_sentence(app: Flask) -> None:
    commands.run(app, "topics", "add", "first", "The first", "--description", "A sentence.")
    commands.run(app, "topics", "rename", "first", "The very first")
    row = commands.value(app, "topics", "list")[0]
    assert (row["name"], row["description"]) == ("The very first", "A sentence.")
    assert "no topic called nope" in commands.refused(app, "topics", "rename", "nope", "x")


def test_retiring_says_first_what_happens_to_the_readers(app: Flask) -> None:
    builders.subscriber(AMIRA, topic_slugs=("first",))
    asked = commands.run(app, "topics", "retire", "first")
    assert (asked.exit_code, asked.stderr.split(";")[0]) == (1, "Readers who hold it: 1")
    assert not commands.value(app, "topics", "list")[0]["retired"]
    commands.run(app, "topics", "retire", "first", "--yes")
    assert commands.value(app, "topics", "list")[0]["retired"]
    assert "(retired)" in commands.run(app, "topics", "list").stdout
    commands.run(app, "topics", "restore", "first")
    assert not commands.value(app, "topics", "list")[0]["retired"]
    assert members.acts() == ["topic.retire", "topic.restore"]


def test_readers_are_moved_only_where_somebody_vouches_for_the_promise(app: Flask) -> None:
    builders.subscriber(AMIRA, topic_slugs=("first",))
    builders.topic("second", "Second")
    words = ("topics", "retire", "first", "--into", "second", "--yes")
    assert "--same-promise" in commands.run(app, *words).stderr
    assert members.acts() == []
    assert "Readers moved to second: 1" in commands.run(app, *words, "--same-promise").stdout
    assert members.acts() == ["topic.retire", "topic.merge"]
