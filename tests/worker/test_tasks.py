"""The tasks: the sweeper finds what no bell told of, and rings for it; a slice sends and finishes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from config import limits
from config.settings import Settings
from db.session import transaction
from mailer import control
from mailer.models.announcements import Announcement
from mailer.smtp.relay import Relay
from sandbox.sink.server import Sink
from tests import builders
from tests.cast import hire
from tests.mailer.closing.conftest import begin, end
from tests.mailer.closing.test_tell import pause
from wiring import names
from wiring.core import CORE
from worker.tasks import announcements, deliveries

Bells = dict[str, list[list[object]]]


@pytest.fixture
def sink(app: Flask, tmp_path: Path) -> Iterator[Sink]:
    """Give a relay, and let this process's office find it."""
    core = app.extensions[CORE]
    with Sink() as sink:
        here = core.settings.model_copy(update={"state_dir": tmp_path})
        relay = Relay.parse(f"smtp://127.0.0.1:{sink.port}")
        app.extensions[CORE] = replace(core, relays=(relay,), settings=here)
        yield sink
        made = app.extensions.pop("samizdat.office", None)
        if made is not None:
            made.wires.close()
        app.extensions[CORE] = core


@pytest.fixture
def bells(settings: Settings) -> Iterator[redis.Redis]:
    """Give a client of the broker, its queues empty."""
    client = redis.Redis.from_url(settings.redis_url.get_secret_value())
    client.delete(*set(names.QUEUE_OF.values()))
    yield client
    client.delete(*set(names.QUEUE_OF.values()))
    client.close()


def _heard(bells: redis.Redis) -> list[tuple[str, str]]:
    waiting: list[Any] = [
        json.loads(text)
        for queue in sorted(set(names.QUEUE_OF.values()))
        for text in bells.lrange(queue, 0, -1)
    ]
    return sorted({(m["headers"]["task"], m["headers"]["argsrepr"]) for m in waiting})


def _state(id_: int) -> str:
    with transaction() as session:
        return session.get_one(Announcement, id_).state


def test_a_release_goes_out_by_sweeps_alone(app: Flask, sink: Sink, bells: redis.Redis) -> None:
    builders.subscribers(7)
    id_ = builders.announcement(builders.release(), author=hire("chen"), approver=hire("dana"))
    deliveries.sweep()
    assert _heard(bells) == [(names.FREEZE, f"[{id_}]")]
    announcements.freeze(id_)
    assert _state(id_) == "sending"
    assert names.SEND_BULK in dict(_heard(bells))
    deliveries.send_bulk()
    assert (_state(id_), len(sink.accepted)) == ("finished", 7)


@pytest.fixture
def preparing(app: Flask, sink: Sink, bells: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> int:
    """Give an announcement to seven readers, whose audience is frozen by two in each slice."""
    monkeypatch.setattr(limits, "FREEZE_CHUNK", 2)
    monkeypatch.setattr(limits, "FREEZE_SLICE_SECONDS", 0)
    builders.number_anew()
    builders.subscribers(7)
    return builders.announcement(builders.release(), author=hire("chen"), approver=hire("dana"))


def test_an_audience_is_frozen_slice_by_slice(preparing: int, bells: redis.Redis) -> None:
    for frozen in (2, 4, 6):
        announcements.freeze(preparing)
        assert (_state(preparing), _recipients(preparing)) == ("preparing", frozen)
        assert _heard(bells) == [(names.FREEZE, f"[{preparing}]")]
    announcements.freeze(preparing)
    assert (_state(preparing), _recipients(preparing)) == ("sending", 7)
    assert names.SEND_BULK in dict(_heard(bells))


@pytest.mark.parametrize("act", [control.pause, control.cancel])
def test_what_is_stopped_between_two_slices_is_frozen_no_further(
    preparing: int, bells: redis.Redis, act: Callable[..., None]
) -> None:
    announcements.freeze(preparing)
    bells.delete(names.MAINT)
    _act(act, preparing)
    announcements.freeze(preparing)
    assert _recipients(preparing) == 2
    assert names.FREEZE not in dict(_heard(bells))


def test_what_was_paused_between_two_slices_goes_on_where_it_was(preparing: int) -> None:
    announcements.freeze(preparing)
    _act(control.pause, preparing)
    with transaction() as session:
        made = session.get_one(Announcement, preparing)
        control.resume(session, made, staff_id=made.author_id, now=builders.NOW)
    while _state(preparing) == "preparing":
        announcements.freeze(preparing)
    assert (_state(preparing), _recipients(preparing)) == ("sending", 7)


def _act(act: Callable[..., None], id_: int) -> None:
    with transaction() as session:
        made = session.get_one(Announcement, id_)
        act(session, made, staff_id=None, note="a name is wrong", now=builders.NOW)


def _recipients(id_: int) -> int:
    with transaction() as session:
        return session.get_one(Announcement, id_).recipients


def test_a_sweep_with_nothing_to_do_rings_no_bell(
    app: Flask, sink: Sink, bells: redis.Redis
) -> None:
    for _ in range(3):
        deliveries.sweep()
    assert _heard(bells) == []


def test_a_sweep_rings_for_what_is_over_until_it_is_closed(
    app: Flask, sink: Sink, bells: redis.Redis
) -> None:
    end()
    deliveries.sweep()
    assert _heard(bells) == [(names.CLOSE, "()")]
    announcements.close_out()
    bells.delete(names.MAINT)
    deliveries.sweep()
    assert _heard(bells) == []


def test_a_sweep_rings_for_what_staff_must_hear_until_they_were_told(
    app: Flask, sink: Sink, bells: redis.Redis
) -> None:
    pause(begin(), "9 of the first 60 mails were refused.")
    deliveries.sweep()
    assert _heard(bells) == [(names.TELL, "()")]
    announcements.tell()
    deliveries.send_tx()
    bells.delete(names.MAINT, names.TX)
    deliveries.sweep()
    assert _heard(bells) == []


def test_each_task_may_run_any_number_of_times(app: Flask, sink: Sink, bells: redis.Redis) -> None:
    builders.subscribers(3)
    id_ = builders.announcement(builders.release(), author=hire("chen"), approver=hire("dana"))
    for _ in range(3):
        deliveries.sweep()
        announcements.freeze(id_)
        deliveries.send_tx()
        deliveries.send_bulk()
    assert sorted(m.recipient for m in sink.accepted) == [
        f"reader{n}@example.org" for n in range(3)
    ]
