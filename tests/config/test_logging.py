"""Nothing personal stands in a log, whichever way it came there."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import keys
from config.logging import REDACTED, JsonLines, OneLine, Redaction, configure, redact
from mailer.tokens import Tokens

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOKENS = Tokens([keys.generate()])


def logged(
    formatter: logging.Formatter, *args: object, error: Exception | None = None, **extra: object
) -> str:
    """Return the line that a message makes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redaction())
    handler.setFormatter(formatter)
    logger = logging.Logger("trial")  # noqa: LOG001 - one that nobody else has
    logger.addHandler(handler)
    logger.error(*args, exc_info=error, extra=extra)
    return stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "amira@example.org",
        "mail to <amira@example.org> refused",
        "RCPT TO:<amira+list@mail.example.org>",
        "GET /x?address=amira%40example.org",
        "('amira@example.org', 550)",
        "Key (address)=(amira@example.org) exists",
        "amíra@bücher.example.org",
    ],
)
def test_addresses_are_taken_out(text: str) -> None:
    assert "m" + "ira@" not in redact(text)
    assert "example.org" not in redact(text)
    assert REDACTED in redact(text)


@pytest.mark.parametrize(
    "token",
    [
        TOKENS.confirm("a" * 32, now=NOW),
        TOKENS.unsubscribe(1, 1),
        TOKENS.invitation("b" * 64, now=NOW),
        TOKENS.form_nonce("subscribe", now=NOW),
        keys.generate(),
    ],
    # The workers of a parallel run make other tokens each, and must agree on the names of the tests.
    ids=["confirm", "unsubscribe", "invitation", "form", "key"],
)
def test_tokens_and_keys_are_taken_out(token: str) -> None:
    text = redact(f"GET /unsubscribe/{token} failed; again: {token}?x")
    assert token not in text
    assert token.rpartition(".")[2] not in text


@pytest.mark.parametrize(
    "text",
    [
        "delivery 12 was accepted",
        "web.staff.sign_in_log",
        "announcements.freeze took 0.004 s",
        "/static/site.css",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("formatter", [JsonLines(), OneLine("%(levelname)s %(message)s")])
def test_arguments_and_tracebacks_are_redacted(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("no such reader: amira@example.org")  # noqa: TRY301 - it needs a traceback
    except ValueError as raised:
        line = logged(formatter, "%s left", "boris@example.org", error=raised)
    assert "example.org" not in line
    assert "ValueError" in line


def test_what_is_logged_beside_the_message_is_redacted() -> None:
    line = json.loads(logged(JsonLines(), "left", reader="amira@example.org", delivery=12))
    assert line["reader"] == REDACTED
    assert line["delivery"] == "12"


def test_the_network_that_gunicorn_names_is_taken_out() -> None:
    assert "192.0.2.1" not in redact("Invalid request from ip=192.0.2.1: Invalid HTTP request line")


def test_what_gunicorn_logs_is_redacted_too() -> None:
    handler = logging.NullHandler()
    logger = logging.getLogger("gunicorn.error")
    logger.addHandler(handler)
    configure("INFO")
    logger.removeHandler(handler)
    assert [type(each) for each in handler.filters] == [Redaction]


def test_to_configure_twice_writes_nothing_twice() -> None:
    configure("INFO")
    configure("INFO")
    assert [each.name for each in logging.getLogger().handlers].count("samizdat") == 1


def test_a_line_break_makes_no_second_entry() -> None:
    plain = logged(OneLine("%(levelname)s %(message)s"), "one\nERROR two\r\nthree")
    assert plain.count("\n") == 1
    assert logged(JsonLines(), "one\ntwo").count("\n") == 1


@given(st.text(max_size=200))
def test_json_lines_stay_json_whatever_is_logged(text: str) -> None:
    assert json.loads(logged(JsonLines(), "%s", text + "\namira@example.org"))["level"] == "ERROR"


@given(st.text(max_size=200))
def test_redaction_done_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
