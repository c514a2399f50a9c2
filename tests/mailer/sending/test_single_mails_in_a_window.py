"""Confirmations and other single mails are counted in the sliding window, and wait where it is full."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import limits
from db.session import transaction
from mailer import fresh_links, paces, sending_limits, windows
from mailer.models.deliveries import Delivery, DeliveryState, PaceCount, Queue
from mailer.models.subscribers import Subscriber
from mailer.sending import Office
from mailer.sending_limits import Limits
from sandbox.sink.server import Sink
from tests import builders
from tests.mailer.sending.conftest import hasten, received, send_all
from wiring.core import core

Open = Callable[..., Office]
SOME_ANNOUNCEMENT = 404


@pytest.fixture
def letters(app: Flask) -> list[str]:
    """Queue a single mail to each of five readers; return their addresses."""
    people = builders.subscribers(5)
    with transaction() as session:
        for id_ in session.scalars(select(Subscriber.id)).all():
            fresh_links.mail(session, id_, 1, links=core().links, now=paces.clock(session))
    return people


def limit(mails: int | None) -> None:
    """Let so many mails leave in an hour, None for any number."""
    with transaction() as session:
        sending_limits.write(session, Limits(None, mails, mails and 3600))


def test_a_single_mail_is_counted_and_one_that_finds_no_room_is_put_back(
    open_office: Open, letters: list[str], sink: Sink
) -> None:
    limit(3)
    send_all(open_office(), Queue.TX)
    assert len(sink.accepted) == 3
    with transaction() as session:
        assert session.scalar(select(func.sum(PaceCount.mails))) == 3
        soon = paces.clock(session) + timedelta(seconds=limits.WINDOW_ASK_SECONDS)
        waits = Delivery.state == DeliveryState.DEFERRED, Delivery.next_try_at <= soon
        told = session.execute(select(Delivery.attempts, Delivery.reason).where(*waits)).all()
    assert told == [(0, windows.FULL)] * 2


def test_what_was_put_back_leaves_once_there_is_room(
    open_office: Open, letters: list[str], sink: Sink
) -> None:
    limit(2)
    send_all(open_office(), Queue.TX)
    limit(None)
    hasten()
    send_all(open_office(), Queue.TX)
    assert received(sink) == dict.fromkeys(letters, 1)


def test_an_announcement_that_filled_the_window_has_left_room_for_them(
    open_office: Open, letters: list[str], sink: Sink
) -> None:
    limit(100)
    with transaction() as session:
        now = paces.clock(session)
        paces.draw(session, announcement_id=SOME_ANNOUNCEMENT, wanted=100, now=now)
    send_all(open_office(), Queue.TX)
    assert len(sink.accepted) == 5


def test_without_a_window_nothing_is_counted(
    open_office: Open, letters: list[str], sink: Sink
) -> None:
    send_all(open_office(), Queue.TX)
    assert len(sink.accepted) == 5
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(PaceCount)) == 0
