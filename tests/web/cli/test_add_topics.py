import pytest
from flask import Flask

from config import limits
from tests.web.cli import commands
from tests.web.staff import members


def test_a_topic_is_added_behind_the_others(app: Flask) -> None:
    commands.run(app, "topics", "add", "first", "The first")
    commands.run(app, "topics", "add", "second", "The second", "--description", "A sentence.")
    assert commands.value(app, "topics", "list") == [
        {"slug": "first", "name": "The first", "description": ""},
        {"slug": "second", "name": "The second", "description": "A sentence."},
    ]
    assert members.acts() == ["topic.add", "topic.add"]


def test_people_read_topics_by_line(app: Flask) -> None:
    assert "There are no topics yet" in commands.run(app, "topics", "list").stdout
    assert commands.run(app, "topics", "add", "first", "The first").stdout == "first\n"
    assert commands.run(app, "topics", "list").stdout == "first  The first\n"


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
