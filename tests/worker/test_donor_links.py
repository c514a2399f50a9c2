"""The task that mails donors their links: what is asked is answered by a mail whose link opens the page."""

import json
from typing import Any

import redis
from flask import Flask

from config import limits
from config.settings import Settings
from db.session import transaction
from mailer import paces
from mailer.outbox import Letter
from payments import donor_links
from tests.cast import AMIRA, BORIS
from tests.payments.receipts import giver
from wiring import names
from wiring.core import core
from worker import schedule
from worker.tasks import donor_links as task


def ask(*addresses: str) -> None:
    with transaction() as session:
        now = paces.clock(session)
        for address in addresses:
            donor_links.ask(session, address, language="en", now=now)


def letters() -> list[Letter]:
    with transaction() as session:
        return giver.letters(session)


def given() -> int:
    """Have Boris give; return the donor's number."""
    with transaction() as session:
        donation = giver.paid(session)
        assert donation.donor is not None
        return donation.donor.id


def test_the_mailed_link_names_the_donor_and_their_version(app: Flask) -> None:
    donor_id = given()
    ask(BORIS, AMIRA)
    task.answer()
    (letter,) = letters()
    with transaction() as session:
        now = paces.clock(session)
    base, token = str(letter.context["giving_url"]).rsplit("/", 1)
    assert base == "http://127.0.0.1:8000/giving"
    assert core().tokens.read_giving(token, now=now) == (donor_id, 1)


def test_more_than_a_chunk_is_answered_and_the_mails_are_rung_for(
    app: Flask, settings: Settings
) -> None:
    given()
    ask(*[AMIRA] * limits.GIVING_LINK_CHUNK, BORIS)
    queues = redis.Redis.from_url(settings.redis_url.get_secret_value())
    queues.delete(names.TX)
    task.answer()
    assert [letter.address for letter in letters()] == [BORIS]
    waiting: list[Any] = [json.loads(each) for each in queues.lrange(names.TX, 0, -1)]
    bells = [each["headers"]["task"] for each in waiting]
    queues.close()
    assert set(bells) == {names.SEND_TX}


def test_nothing_is_done_where_nobody_asked(app: Flask) -> None:
    given()
    task.answer()
    assert letters() == []


def test_beat_rings_each_minute_for_what_no_bell_told_of() -> None:
    rung = {each["task"]: (each["schedule"], each["options"]) for each in schedule.BEAT.values()}
    assert rung[names.GIVING_LINKS] == (60, {"queue": "tx"})
