"""Where a worker's process was killed, the one that takes its place has the dead one's journal judged."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.settings import Settings
from tests import processes
from tests.faults.programs import Program
from wiring import names

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the child in /proc")


@pytest.fixture
def worker(settings: Settings, tmp_path: Path) -> Iterator[Program]:
    """Give a worker of one process, which hears no sweep itself."""
    log = tmp_path / "worker.log"
    made = Program(*processes.worker(names.HOOKS, 1), env=processes.environ(settings), log=log)
    processes.wait_until(lambda: "ready." in log.read_text("utf-8"))
    yield made
    made.kill()


def test_a_process_that_takes_anothers_place_rings_the_sweeper(
    worker: Program, settings: Settings
) -> None:
    with redis.Redis.from_url(settings.redis_url.get_secret_value()) as bells:
        processes.wait_until(lambda: bells.llen(names.MAINT))
        bells.delete(names.MAINT)
        (child,) = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text("ascii").split()
        os.kill(int(child), signal.SIGKILL)
        processes.wait_until(lambda: bells.llen(names.MAINT))
        bells.delete(*names.QUEUE_OF.values())
