"""An engine goes away in the middle of the work: it waits, says so, and goes on by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from flask import Flask
from sqlalchemy import text

from config.settings import Settings
from db.base import db
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


WORKERS, TX, BULK = 2, 2, 4
"""How many workers the house has, and how many processes they have for each queue."""
READERS = 20
NOTICE_SECONDS = 8


@contextmanager
def away(valkey: Valkey, logs: Path) -> Iterator[None]:
    """Have no broker for as long as the block lasts, which begins when the workers have noticed.

    A worker whose processes are all busy listens to nobody, and notices once one of them is free.
    """
    processes.wait_until(lambda: listening(valkey) == WORKERS)
    before = losses(logs)
    valkey.stop()
    try:
        with suppress(TimeoutError):
            processes.wait_until(lambda: losses(logs) >= before + WORKERS, NOTICE_SECONDS)
        yield
    finally:
        valkey.start()


def losses(logs: Path) -> int:
    """Return how often a worker of the house lost its broker."""
    return sum(log.read_text().count("Connection to broker lost") for log in logs.glob("*.log"))


@pytest.fixture
def let_go(house: House, app: Flask) -> Iterator[Callable[[], None]]:
    """Hold every task that sends or sweeps at its first query, and give what lets them go on."""
    with db.engine.connect() as connection:
        connection.execute(text("LOCK TABLE batch IN ACCESS EXCLUSIVE MODE"))
        yield connection.rollback


def held() -> int:
    """Return how many tasks are running, and held."""
    with transaction() as session:
        return int(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0)


def hold(*, tx: int, bulk: int) -> None:
    """Ring so often, and wait until so many tasks are held."""
    ring(names.SEND_TX, tx)
    ring(names.SEND_BULK, bulk)
    processes.wait_until(lambda: held() >= min(tx, TX) + min(bulk, BULK))


def ring(task: str, times: int) -> None:
    for _ in range(times):
        assert core().bell.ring(task)


def listening(valkey: Valkey) -> int:
    """Return how many workers the broker knows: each listens for commands."""
    with redis.Redis.from_url(valkey.url()) as client:
        return sum(int(other["psub"]) for other in client.client_list())


def silence(valkey: Valkey) -> None:
    """Take away the bells that an earlier test left behind."""
    with redis.Redis.from_url(valkey.url()) as client:
        client.delete(*set(names.QUEUE_OF.values()))


def all_works(house: House, staff: Callable[..., Staff]) -> bool:
    """Have both workers do what they are for: a confirmation goes out, and an announcement."""
    builders.topic()
    subscribe(house)
    builders.subscribers(READERS)
    id_ = builders.announcement(
        builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
    )
    core().bell.ring(names.FREEZE, id_)
    processes.wait_until(lambda: progress(id_).state == "finished")
    return bool(house.mailbox.newest_to(AMIRA)["Subject"])


def subscribe(house: House) -> None:
    visitor = Browser()
    form = visitor.get(f"{house.url}/subscribe")
    assert visitor.submit(form, "/subscribe", address=AMIRA, topic="releases").status == 200


def test_without_redis_the_web_answers_and_the_mail_follows(
    house: House, valkey: Valkey, app: Flask, tmp_path: Path
) -> None:
    builders.topic()
    with away(valkey, tmp_path):
        subscribe(house)
        assert a_request_waits()
        assert not house.mailbox.messages()
    assert house.mailbox.newest_to(AMIRA)["Subject"]
    assert builders.state_of(AMIRA) is SubscriberState.PENDING


@pytest.mark.parametrize("task_ends", ["while it is away", "after it is back"])
def test_a_broker_that_goes_while_a_task_runs_ends_no_worker(
    house: House,
    valkey: Valkey,
    let_go: Callable[[], None],
    staff: Callable[..., Staff],
    tmp_path: Path,
    task_ends: str,
) -> None:
    hold(tx=1, bulk=1)
    with away(valkey, tmp_path):
        if task_ends == "while it is away":
            let_go()
            processes.wait_until(lambda: not held())
    processes.wait_until(lambda: listening(valkey) == WORKERS)
    let_go()
    assert all_works(house, staff)


def test_a_broker_that_goes_while_a_bell_waits_in_a_worker_ends_no_worker(
    house: House,
    valkey: Valkey,
    let_go: Callable[[], None],
    staff: Callable[..., Staff],
    tmp_path: Path,
) -> None:
    hold(tx=TX, bulk=BULK)
    with away(valkey, tmp_path):
        pass
    ring(names.SEND_BULK, 1)
    with away(valkey, tmp_path):
        let_go()
    assert all_works(house, staff)


@pytest.mark.parametrize("task", ["ends", "does not end"])
def test_a_worker_that_fails_ends_and_says_so(
    app: Flask, settings: Settings, valkey: Valkey, tmp_path: Path, task: str
) -> None:
    silence(valkey)
    env = processes.environ(settings, STATE_DIR=str(tmp_path))
    bulk = processes.running(*processes.worker("bulk", 6), env=env, log=tmp_path / "bulk.log")
    with bulk as worker, db.engine.connect() as connection:
        connection.execute(text("LOCK TABLE batch IN ACCESS EXCLUSIVE MODE"))
        ring(names.SEND_BULK, 1)
        processes.wait_until(held)
        # A process is free, so the worker listens, and hears what is no bell.
        with redis.Redis.from_url(valkey.url()) as client:
            client.lpush(names.BULK, "not a bell")
        if task == "ends":
            connection.rollback()
        assert worker.code() == 1
        assert "Unrecoverable error" in worker.words


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
