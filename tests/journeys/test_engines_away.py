"""An engine goes away in the middle of the work: it waits, says so, and goes on by itself."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from db.session import transaction
from mailer import relays, requests
from mailer.models.subscribers import SubscriberState
from sandbox.servers import Valkey
from tests import builders, processes
from tests.browser import Browser
from tests.cast import AMIRA, Staff
from tests.journeys.conftest import House
from tests.mailer.sending.conftest import progress
from wiring import names
from wiring.core import core

pytestmark = pytest.mark.journey


def test_without_redis_the_web_answers_and_the_mail_follows(
    house: House, valkey: Valkey, app: Flask
) -> None:
    builders.topic()
    valkey.stop()
    try:
        visitor = Browser()
        form = visitor.get(f"{house.url}/subscribe")
        sent = visitor.submit(form, "/subscribe", address=AMIRA, topic="releases")
        assert sent.status == 200
        assert a_request_waits()
        assert not house.mailbox.messages()
    finally:
        valkey.start()
    assert house.mailbox.newest_to(AMIRA)["Subject"]
    assert builders.state_of(AMIRA) is SubscriberState.PENDING


def a_request_waits() -> bool:
    with transaction() as session:
        return requests.waiting(session, now=datetime.now(UTC))


def test_without_a_relay_the_announcement_waits_says_so_and_goes_on(
    house: House, app: Flask, staff: Callable[..., Staff]
) -> None:
    readers = builders.subscribers(120)
    house.mailbox.close()
    id_ = builders.announcement(
        builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
    )
    core().bell.ring(names.FREEZE, id_)
    processes.wait_until(relay_is_away)
    assert progress(id_).state == "sending"
    house.mailbox.open()
    processes.wait_until(lambda: progress(id_).state == "finished", 120)
    assert sorted(mail["to"] for mail in house.mailbox.messages()) == sorted(readers)
    assert progress(id_).closes
    assert not relay_is_away()


def relay_is_away() -> bool:
    with transaction() as session:
        return relays.away(session) is not None
