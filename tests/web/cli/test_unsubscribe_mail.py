"""A mail server pipes in what came to an unsubscribe address: it ends that subscription, and no other."""

import contextvars
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import func, select

from config import limits
from db.session import transaction
from mailer.models.deliveries import Delivery
from mailer.models.subscribers import ConsentEvent, SubscriberState
from tests import builders
from tests.cast import AMIRA
from wiring.core import core

NAMES = ("To", "Delivered-To", "X-Original-To")


@pytest.fixture
def amira(app: Flask) -> str:
    """Give the address that ends Amira's subscription."""
    return core().sender.unsubscribe_address(builders.subscriber(AMIRA), 1) or ""


def hand_over(app: Flask, mail: bytes | str) -> Result:
    """Pipe a mail into the command."""
    words = ["subscribers", "unsubscribe-mail"]
    return app.test_cli_runner().invoke(args=words, input=mail)


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_to_the_address_ends_it(app: Flask, amira: str, name: str) -> None:
    result = hand_over(app, f"From: {AMIRA}\r\n{name}: {amira.upper()}\r\n\r\n")
    assert (result.exit_code, result.output) == (0, "")
    assert builders.state_of(AMIRA) is SubscriberState.ENDED
    with transaction() as session:
        assert session.scalars(select(ConsentEvent.source)).all() == ["mail to unsubscribe"]


@pytest.mark.parametrize(
    "value", ['"u" <{}>', "list@example.org, <{}>", "<{}>,\r\n eve@example.org", "mailto:{}"]
)
def test_it_is_found_however_it_is_written(app: Flask, amira: str, value: str) -> None:
    assert hand_over(app, f"To: {value.format(amira)}\r\n\r\n").exit_code == 0
    assert builders.state_of(AMIRA) is SubscriberState.ENDED


def test_a_second_copy_changes_nothing_more_and_nobody_is_answered(app: Flask, amira: str) -> None:
    for _ in range(2):
        assert hand_over(app, f"To: {amira}\r\n\r\nplease").exit_code == 0
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 1
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\0\xff\xfe",
        b"To: news@example.org\r\n\r\n",
        b"To: bounces+u.1.1.aaaaaaaaaaaaaaaa@example.org\r\n\r\n",
        b"To: =?utf-8?q?=00?= <\xff\xff@\xff>\r\n\r\n",
        b"Subject: to leave\r\n\r\nunsubscribe amira@example.org",
        b"To" * 500_000,
    ],
)
def test_anything_else_is_ignored(app: Flask, amira: str, mail: bytes) -> None:
    result = hand_over(app, mail)
    assert (result.exit_code, result.output) == (0, "")
    assert builders.state_of(AMIRA) is SubscriberState.CONFIRMED


def test_the_address_in_the_text_or_the_sender_is_no_wish(app: Flask, amira: str) -> None:
    hand_over(app, f"From: {amira}\r\nTo: x@example.org\r\n\r\nTo: {amira}\r\n")
    assert builders.state_of(AMIRA) is SubscriberState.CONFIRMED


def test_no_more_than_a_bounded_part_is_read(app: Flask, amira: str) -> None:
    padding = "X: " + "x" * limits.UNSUBSCRIBE_MAIL_BYTES
    hand_over(app, f"{padding}\r\nTo: {amira}\r\n\r\n")
    assert builders.state_of(AMIRA) is SubscriberState.CONFIRMED


def test_without_a_database_the_mail_server_is_asked_to_try_later(
    amira: str, build: Callable[..., Flask]
) -> None:
    away = build(database_url=SecretStr("postgresql://127.0.0.1:9/nowhere"))
    # Outside the context that the `app` fixture holds open: the command would use that one.
    result = contextvars.Context().run(hand_over, away, f"To: {amira}\r\n\r\n")
    assert result.exit_code == 75
    assert "later" in result.stderr
    assert builders.state_of(AMIRA) is SubscriberState.CONFIRMED
