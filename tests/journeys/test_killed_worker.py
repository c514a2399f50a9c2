"""Ten times SIGKILL in the middle of an announcement: nobody is missing, and few mails come twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from config.settings import Settings
from mailer.models.deliveries import DeliveryState
from sandbox.sink.rules import Rule
from sandbox.sink.server import Sink
from tests import builders, processes
from tests.cast import Staff
from tests.mailer.sending.conftest import progress
from wiring import names
from wiring.core import core

READERS, KILLS, CONNECTIONS = 1_100, 10, 4

pytestmark = pytest.mark.journey


@pytest.fixture
def slow_sink() -> Iterator[Sink]:
    """Give a relay that takes its time, so that a kill meets work in hand."""
    with Sink(rules=[Rule("dot", "delay", seconds=0.01)]) as sink:
        yield sink


def test_ten_kills_lose_nobody_and_repeat_at_most_one_mail_a_connection(
    app: Flask,
    settings: Settings,
    staff: Callable[..., Staff],
    slow_sink: Sink,
    tmp_path: Path,
) -> None:
    env = processes.environ(
        settings, SMTP_URL=f"smtp://127.0.0.1:{slow_sink.port}", STATE_DIR=str(tmp_path)
    )
    readers = builders.subscribers(READERS)
    id_ = builders.announcement(
        builders.release(), author=staff("chen", "author"), approver=staff("dana", "approver")
    )
    maint = processes.running(*processes.worker("maint,tx", 1), env=env, log=tmp_path / "maint.log")
    beat = processes.running(*processes.beat(tmp_path), env=env, log=tmp_path / "beat.log")
    bulk = processes.worker("bulk", CONNECTIONS)
    with maint, beat:
        core().bell.ring(names.FREEZE, id_)
        for kill in range(1, KILLS + 1):
            with processes.running(*bulk, env=env, log=tmp_path / "bulk.log") as worker:
                slow_sink.wait_for(kill * READERS // (KILLS + 2), 60)
                worker.kill()
        with processes.running(*bulk, env=env, log=tmp_path / "bulk.log"):
            processes.wait_until(lambda: progress(id_).state == "finished", 90)
    report = progress(id_)
    got = Counter(mail.recipient for mail in slow_sink.accepted)
    assert set(got) == set(readers)
    assert sum(got.values()) - READERS <= KILLS * CONNECTIONS
    assert sum(got.values()) - READERS <= len(report.perhaps_twice)
    # Who was in doubt twice is not tried a third time: staff find them in the report.
    counts = report.counts
    assert counts[DeliveryState.ACCEPTED] + counts[DeliveryState.UNCERTAIN] == READERS
    assert report.closes
