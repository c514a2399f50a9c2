import io
from collections.abc import Sequence

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import limits
from tests import builders
from tests.web.staff import members
from tests.web.staff.members import Member

TEXT = """Example: a printer is free again

EXAMPLE TOWN (3 March 2026) — A court has freed a printer today, after more than a year of waiting for it.

She may not leave the city, and her presses stay sealed. The [ruling](#) is secret, as are its reasons.

Media contact: Noor Example, press@example.org, +44 20 7946 0000
"""


def upload(
    browser: Member, data: bytes, name: str = "release.txt", topics: Sequence[str] = ()
) -> TestResponse:
    """Choose a file and press the button."""
    return browser.post(
        "/staff/releases/import", file=(io.BytesIO(data), name), topics=list(topics)
    )


def test_a_file_becomes_a_draft_on_the_chosen_topics(app: Flask) -> None:
    builders.topic()
    chen = members.of(app, "chen", "author")
    answer = upload(chen, TEXT.encode(), topics=["releases"])
    assert answer.location == "/staff/releases/example-a-printer-is-free-again"
    page = chen.read(answer.location)
    assert "EXAMPLE TOWN" in page
    assert "Press releases" in page
    assert members.acts() == ["release.import"]


def test_pasted_text_becomes_a_draft_too(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    assert chen.post("/staff/releases/import", text=TEXT).status_code == 303
    assert members.slugs() == ["example-a-printer-is-free-again"]


def test_what_could_not_be_placed_is_shown_once(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    path = upload(chen, TEXT.encode()).location
    first, second = chen.read(path), chen.read(path)
    assert "Please check" in first
    assert "has no target: kept as text" in first
    assert "Please check" not in second


def test_findings_never_outgrow_the_cookie_they_travel_in(app: Flask) -> None:
    links = " ".join(f"[{'long words ' * 12}{number}](#)" for number in range(500))
    chen = members.of(app, "chen", "author")
    answer = upload(chen, f"{TEXT}\n\nMore is to be read here, in so many words. {links}".encode())
    assert len(answer.headers["Set-Cookie"]) < 4_000
    assert "more like these" in chen.read(answer.location)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "encoding"),
        (b"Headline\n\nA body with a \0 in it.", "binary"),
        (b"\x81\x8d\x8f\x90\x9d" * 20, "encoding"),
        (b"One line and nothing else", "release.txt"),
    ],
)
def test_a_file_that_is_no_release_gets_a_sentence_and_stores_nothing(
    app: Flask, data: bytes, sentence: str
) -> None:
    answer = upload(members.of(app, "chen", "author"), data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert members.slugs() == []


def test_a_file_of_50_mb_is_refused_before_it_is_read(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    data, kind = io.BytesIO(b"x" * 50_000_000), "multipart/form-data; boundary=x"
    answer = chen.client.post("/staff/releases/import", input_stream=data, content_type=kind)
    assert answer.status_code == 413
    assert "That is too large" in answer.text
    assert members.slugs() == []


def test_neither_file_nor_text_is_asked_for(app: Flask) -> None:
    answer = members.of(app, "chen", "author").post("/staff/releases/import", text="  \n ")
    assert answer.status_code == 422
    assert "Choose a file, or paste the text" in answer.text


def test_pasted_text_that_is_refused_is_kept_in_its_field(app: Flask) -> None:
    chen = members.of(app, "chen", "author")
    answer = chen.post("/staff/releases/import", text="Only <a> headline", topics=["nothing"])
    assert answer.status_code == 422
    assert "Only &lt;a&gt; headline</textarea>" in answer.text


@pytest.mark.parametrize("value", [b"a%00b", b"a%ffb"])
def test_pasted_bytes_that_are_no_text_are_refused(app: Flask, value: bytes) -> None:
    chen = members.of(app, "chen", "author")
    data = b"csrf_token=" + chen.token.encode() + b"&text=" + value
    kind = "application/x-www-form-urlencoded"
    answer = chen.client.post("/staff/releases/import", data=data, content_type=kind)
    assert answer.status_code == 400
    assert members.slugs() == []


@pytest.mark.parametrize("fields", [{"topics": ["no-such-topic"]}, {"language": "klingon"}])
def test_an_unknown_topic_or_language_stores_nothing(app: Flask, fields: dict[str, object]) -> None:
    chen = members.of(app, "chen", "author")
    answer = chen.post("/staff/releases/import", text=TEXT, **fields)
    assert answer.status_code == 422
    assert members.slugs() == []


def test_a_text_as_long_as_the_limit_can_be_uploaded(app: Flask) -> None:
    body = "A sentence that is repeated until the body is long enough to matter. " * 10
    text = f"{TEXT}\n\n" + f"{body}\n\n" * (limits.BODY_LENGTH // 800)
    assert upload(members.of(app, "chen", "author"), text.encode()).status_code == 303
