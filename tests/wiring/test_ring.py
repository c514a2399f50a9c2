"""The bell: heard where the broker is there, and never an error where it is not."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery
from flask import Flask

from config import limits
from config.settings import Settings, load
from sandbox.servers import Valkey
from tests.conftest import environment
from wiring import names
from wiring.bell import Bell
from wiring.broker import celery_app


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    """Give a broker that a test may stop."""
    made = Valkey(tmp_path / "valkey", durable=False)
    made.start()
    yield made
    made.stop()


def _celery(url: str, folder: Path) -> Celery:
    env = environment("postgresql://localhost/none", url, folder)
    return celery_app(load(env, local=folder / "none.env"))


@pytest.fixture
def ringing(server: Valkey, tmp_path: Path) -> Iterator[tuple[Bell, redis.Redis]]:
    """Give a bell on that broker, and a client that sees what was rung."""
    celery = _celery(server.url(), tmp_path)
    client = redis.Redis.from_url(server.url())
    yield Bell(celery), client
    client.close()
    celery.close()


@pytest.mark.parametrize("task", names.QUEUE_OF)
def test_a_ring_waits_in_the_queue_of_its_task_and_carries_ids_alone(
    ringing: tuple[Bell, redis.Redis], task: str
) -> None:
    bell, client = ringing
    assert bell.ring(task, 4711) is True
    (waiting,) = client.lrange(names.QUEUE_OF[task], 0, -1)
    message = json.loads(waiting)
    assert message["headers"]["task"] == task
    assert (message["headers"]["expires"], message["headers"]["eta"]) == (None, None)
    assert (message["content-type"], message["headers"]["ignore_result"]) == (
        "application/json",
        True,
    )
    assert message["headers"]["argsrepr"] == "[4711]"


@pytest.mark.parametrize("task", names.QUEUE_OF)
def test_bells_that_nobody_hears_do_not_pile_up(
    ringing: tuple[Bell, redis.Redis], task: str
) -> None:
    bell, client = ringing
    assert [bell.ring(task) for _ in range(20)] == [True] * 20
    assert client.llen(names.QUEUE_OF[task]) == names.waiting(task) <= limits.BELLS
    client.rpop(names.QUEUE_OF[task])
    bell.ring(task)
    assert client.llen(names.QUEUE_OF[task]) == names.waiting(task)


def test_bells_for_two_things_both_wait(ringing: tuple[Bell, redis.Redis]) -> None:
    bell, client = ringing
    for announcement_id in (1, 2, 1, 2):
        bell.ring(names.FREEZE, announcement_id)
    bell.ring(names.SWEEP)
    assert client.llen(names.MAINT) == 3


def test_a_message_that_is_no_bell_is_always_sent(server: Valkey, tmp_path: Path) -> None:
    client, celery = redis.Redis.from_url(server.url()), _celery(server.url(), tmp_path)
    for number in range(3):
        celery.send_task("somebody.elses", args=[number % 2], queue="others")
    assert client.llen("others") == 3
    client.close()
    celery.close()


def test_a_broker_that_goes_and_comes_back_is_silence_and_no_error(
    server: Valkey, ringing: tuple[Bell, redis.Redis]
) -> None:
    bell, client = ringing
    assert bell.ring(names.SWEEP) is True
    server.stop()
    assert bell.ring(names.SWEEP) is False
    assert bell.ring(names.SWEEP) is False
    server.start()
    assert bell.ring(names.SWEEP) is True
    assert client.llen(names.MAINT) == 1


def test_a_broker_that_takes_nothing_is_silence_and_no_error(
    ringing: tuple[Bell, redis.Redis],
) -> None:
    bell, client = ringing
    assert bell.ring(names.SWEEP) is True
    client.config_set("maxmemory", 1)
    assert bell.ring(names.SEND_TX) is False


def test_a_broker_that_wants_a_password_is_silence_and_no_error(
    server: Valkey, tmp_path: Path
) -> None:
    client = redis.Redis.from_url(server.url())
    client.config_set("requirepass", "a password that nobody gave us")
    celery = _celery(server.url(), tmp_path)
    assert Bell(celery).ring(names.SWEEP) is False
    celery.close()
    client.close()


@pytest.mark.timeout(30)
def test_nobody_at_the_address_is_silence_and_no_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    celery = _celery(f"redis://127.0.0.1:{port}/0", tmp_path)
    rings = [Bell(celery).ring(names.SEND_TX) for _ in range(limits.BELLS)]
    assert rings == [False] * limits.BELLS, "eight in a row, as the sweeper rings them"
    celery.close()


@pytest.mark.timeout(30)
def test_a_broker_that_never_answers_is_silence_within_its_time(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        celery = _celery(f"redis://127.0.0.1:{mute.getsockname()[1]}/0", tmp_path)
        assert Bell(celery).ring(names.SEND_TX) is False
        celery.close()


def test_a_task_that_has_no_queue_is_a_mistake_of_ours(app: Flask, settings: Settings) -> None:
    celery = celery_app(settings)
    with pytest.raises(KeyError):
        Bell(celery).ring("deliveries.nonsense")
    celery.close()
