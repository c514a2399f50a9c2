"""The broker's settings are those that ADR 3 argues for, and its address is spelled for Celery."""

import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from config import limits
from config.settings import ROOT, load
from tests.conftest import environment
from wiring import names, transport
from wiring.broker import celery_app, celery_url

ADR = (ROOT / "docs" / "adr" / "0003-rows-are-the-truth.md").read_text(encoding="utf-8")


@pytest.fixture
def celery(tmp_path: Path) -> Iterator[Celery]:
    """Give the app; it opens no connection."""
    env = environment("postgresql://localhost/none", "redis://127.0.0.1:1/0", tmp_path)
    made = celery_app(load(env, local=tmp_path / "none.env"))
    yield made
    made.close()


SPELLED = {
    "redis://127.0.0.1:6379/0": "redis://127.0.0.1:6379/0",
    "redis://user:secret@redis.example.org/3": "redis://user:secret@redis.example.org/3",
    "unix:///run/redis/x.sock": "redis+socket:///run/redis/x.sock",
    "unix:///run/re%20dis/x.sock": "redis+socket:///run/re%20dis/x.sock",
    "unix:///run/x.sock?db=2": "redis+socket:///run/x.sock?virtual_host=2",
    "rediss://redis.example.org/0": "rediss://redis.example.org/0?ssl_cert_reqs=required",
    "rediss://redis.example.org?ssl_ca_certs=/ca.pem": (
        "rediss://redis.example.org?ssl_ca_certs=/ca.pem&ssl_cert_reqs=required"
    ),
    "rediss://redis.example.org?ssl_cert_reqs=none": "rediss://redis.example.org?ssl_cert_reqs=none",
}


@pytest.mark.parametrize(("given", "spelled"), SPELLED.items())
def test_an_address_is_spelled_for_celery(given: str, spelled: str) -> None:
    assert celery_url(given) == spelled


def _parameters(url: str, folder: Path) -> dict[str, object]:
    env = environment("postgresql://localhost/none", url, folder)
    app = celery_app(load(env, local=folder / "none.env"))
    with app.connection_for_write() as connection:
        channel = connection.transport.Channel.__new__(connection.transport.Channel)
        channel.connection = connection.transport
        found = dict(channel._connparams())  # noqa: SLF001 - what redis-py is given
    app.close()
    return found


def test_a_broker_over_tls_must_show_a_certificate(tmp_path: Path) -> None:
    found = _parameters("rediss://redis.example.org/0", tmp_path)
    assert found["ssl_cert_reqs"] == ssl.CERT_REQUIRED
    assert "SSLConnection" in str([c.__name__ for c in found["connection_class"].__mro__])  # type: ignore[attr-defined] # a class of redis-py


def test_a_socket_and_its_database_reach_the_client(tmp_path: Path) -> None:
    found = _parameters("unix:///run/re%20dis/x.sock?db=2", tmp_path)
    assert (found["path"], found["db"]) == ("/run/re dis/x.sock", 2)


def test_building_the_app_names_no_password_and_opens_nothing(tmp_path: Path) -> None:
    url = "redis://:a-secret-word@127.0.0.1:1/0"
    env = environment("postgresql://localhost/none", url, tmp_path)
    app = celery_app(load(env, local=tmp_path / "none.env"))
    assert "a-secret-word" not in repr(app)
    assert "a-secret-word" not in app.connection_for_write().as_uri()
    app.close()


def test_a_worker_hoards_no_bells(celery: Celery) -> None:
    assert celery.conf.task_acks_late is True
    assert celery.conf.worker_prefetch_multiplier == 1


def test_a_broker_that_goes_cuts_no_work(celery: Celery) -> None:
    assert celery.conf.worker_cancel_long_running_tasks_on_connection_loss is False


@pytest.mark.parametrize("url", SPELLED)
def test_no_bell_is_ever_put_back(url: str, tmp_path: Path) -> None:
    env = environment("postgresql://localhost/none", url, tmp_path)
    app = celery_app(load(env, local=tmp_path / "none.env"))
    with app.connection_for_read() as connection:
        channel = connection.transport.Channel
        assert channel is transport.Channel
        assert (channel.ack_emulation, channel.do_restore) == (False, False)
    app.close()
    # A message that is put back needs the broker, which may be away: the worker would end of it.
    assert not app.conf.task_reject_on_worker_lost


def test_the_transport_is_set_as_the_adr_says(celery: Celery) -> None:
    options, said = celery.conf.broker_transport_options, dict(_said())
    for name in ("socket_timeout", "socket_connect_timeout", "max_retries"):
        assert options[name] == int(said[name])


def _said() -> list[tuple[str, str]]:
    return re.findall(r"`(\w+)` (\d+)", ADR)


def test_it_never_gives_up_on_the_broker_for_good(celery: Celery) -> None:
    assert celery.conf.broker_connection_max_retries is None
    assert celery.conf.broker_connection_retry_on_startup is True


def test_a_deploy_and_a_failure_leave_time_for_a_slice_of_work(celery: Celery) -> None:
    assert celery.conf.worker_soft_shutdown_timeout > limits.SLICE_SECONDS
    assert limits.FAILED_WORKER_SECONDS > limits.SLICE_SECONDS


def test_nothing_but_json_is_believed_and_nothing_is_read_back(celery: Celery) -> None:
    conf = celery.conf
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")
    assert conf.task_ignore_result is True
    assert conf.result_backend is None
    assert conf.task_always_eager is False


def test_each_task_is_routed_to_its_queue(celery: Celery) -> None:
    assert {t: r["queue"] for t, r in celery.conf.task_routes.items()} == names.QUEUE_OF
    assert celery.conf.task_default_queue == names.MAINT
    assert set(names.QUEUE_OF.values()) <= {names.TX, names.BULK, names.HOOKS, names.MAINT}
