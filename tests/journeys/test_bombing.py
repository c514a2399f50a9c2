"""Somebody posts a victim's address over and over, and has the broker emptied in between."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from flask import Flask

from tests import builders, processes
from tests.browser import Browser
from tests.cast import AMIRA, BORIS
from tests.journeys.conftest import House

POSTS = 150

pytestmark = pytest.mark.journey


def test_a_victim_gets_one_mail_whatever_is_posted_and_flushed(app: Flask, house: House) -> None:
    builders.topic()
    broker = redis.Redis.from_url(house.settings.redis_url.get_secret_value())
    bomb(house)
    broker.flushall()
    broker.close()
    house.start(*processes.worker("tx", 1))
    bomb(house)
    join(house, BORIS)
    assert house.mailbox.newest_to(BORIS)["Subject"]
    assert len(house.mailbox.messages(to=AMIRA)) == 1


def bomb(house: House) -> None:
    """Post the victim's address from eight browsers."""
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: join(house, AMIRA), range(POSTS)))
    assert set(answers) == {200}


def join(house: House, address: str) -> int:
    browser = Browser()
    form = browser.get(f"{house.url}/subscribe")
    return browser.submit(form, "/subscribe", address=address, topic="releases").status
