"""Killed with SIGKILL at each point of its work, a sender loses nobody and repeats at most one mail."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import ROOT, Settings
from mailer.models.deliveries import DeliveryState
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests.mailer.sending.conftest import hasten, progress, received, send_all
from tests.mailer.sending.victim import POINTS

MAY_REPEAT = {"after the relay answered"}
IN_DOUBT = {"after the offer is noted", "after the relay answered"}


def kill_at(point: str, number: int, *, settings: Settings, sink: Sink, folder: Path) -> None:
    argv = [sys.executable, "-m", "tests.mailer.sending.victim", point, str(number), str(sink.port)]
    ended = subprocess.run(
        [*argv, str(folder)], cwd=ROOT, env=environ(settings), check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL


def environ(settings: Settings) -> dict[str, str]:
    """Return the settings as a child process's environment."""
    values = settings.model_dump()
    secrets = {
        name: getattr(v, "get_secret_value", lambda v=v: str(v))()
        for name, v in values.items()
        if v
    }
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}  # noqa: TID251 - a child inherits it
    return kept | {name.upper(): value for name, value in secrets.items()}


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("point", POINTS)
def test_nobody_is_lost_and_at_most_one_is_mailed_twice(
    open_office: Callable[..., Office],
    announced: Callable[[int], int],
    settings: Settings,
    sink: Sink,
    tmp_path: Path,
    point: str,
    number: int,
) -> None:
    id_ = announced(120)
    kill_at(point, number, settings=settings, sink=sink, folder=tmp_path)
    send_all(open_office())
    got = received(sink)
    assert len(got) == 120
    assert sum(got.values()) - 120 == (1 if point in MAY_REPEAT else 0)
    assert len(progress(id_).perhaps_twice) == (1 if point in IN_DOUBT else 0)
    assert progress(id_).counts[DeliveryState.ACCEPTED] == 120
    assert progress(id_).closes


def test_a_host_that_never_returns_leaves_only_its_window_in_doubt(
    open_office: Callable[..., Office],
    announced: Callable[[int], int],
    settings: Settings,
    sink: Sink,
    tmp_path: Path,
) -> None:
    id_ = announced(120)
    kill_at("after the relay answered", 60, settings=settings, sink=sink, folder=tmp_path / "lost")
    hasten()
    send_all(open_office(folder=tmp_path / "here"))
    assert len(received(sink)) == 120
    assert 0 < len(progress(id_).perhaps_twice) <= 50
    assert progress(id_).closes
