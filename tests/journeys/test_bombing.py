"""Somebody posts a victim's address over and over, while the broker is emptied and the worker killed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from flask import Flask

from config import limits
from tests import builders, processes
from tests.browser import Browser
from tests.cast import AMIRA, BORIS
from tests.journeys.conftest import House

POSTS = limits.ATTACK_REQUESTS // 2 - 10
"""Twice this is no attack yet, so that each post is answered at once."""

pytestmark = pytest.mark.journey


def test_a_victim_gets_one_mail_whatever_is_posted_flushed_and_restarted(
    app: Flask, house: House
) -> None:
    builders.topic()
    broker = redis.Redis.from_url(house.settings.redis_url.get_secret_value())
    bomb(house)
    broker.flushall()
    broker.close()
    house.answering.kill()
    bomb(house)
    house.start(*processes.worker("tx,hooks,maint", 2))
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
