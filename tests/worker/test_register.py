"""`celery -A worker` finds every task that is rung by name, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import ROOT, Settings
from tests import processes
from wiring import names

ASK = """
import json, sys
from worker.celery import app
app.loader.import_default_modules()
app.finalize()
print(json.dumps({
    "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
    "routes": {n: app.amqp.router.route({}, n)["queue"].name for n in app.tasks if "celery." not in n},
    "beat": {e["task"]: e["options"]["queue"] for e in app.conf.beat_schedule.values()},
    "options": sorted({o for e in app.conf.beat_schedule.values() for o in e["options"]}),
    "web": sorted(m for m in sys.modules if m == "web" or m.startswith("web.")),
}))
"""

RUNG_BY_OTHERS = {
    names.ANSWER,
    names.CLOSE,
    names.FREEZE,
    names.SEND_BULK,
    names.SEND_TX,
    names.TELL,
}
"""What edges, the sweeper and other tasks ring for."""


def _run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def told(settings: Settings) -> dict[str, object]:
    """Give what a worker process says of itself."""
    ended = _run("-W", "error::SyntaxWarning", "-c", ASK, env=processes.environ(settings))
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def test_every_task_that_is_rung_is_registered_and_no_other(told: dict[str, object]) -> None:
    assert told["tasks"] == sorted(names.QUEUE_OF)


def test_every_task_is_routed_to_the_queue_it_is_rung_in(told: dict[str, object]) -> None:
    assert told["routes"] == names.QUEUE_OF


def test_beat_rings_all_that_nothing_else_rings_and_no_clock_can_make_it_void(
    told: dict[str, object],
) -> None:
    assert told["beat"] == {k: v for k, v in names.QUEUE_OF.items() if k not in RUNG_BY_OTHERS}
    assert told["options"] == ["queue"]


def test_the_worker_knows_no_page(told: dict[str, object]) -> None:
    assert told["web"] == []


def test_celery_finds_the_app_by_the_name_of_the_room(settings: Settings) -> None:
    ended = _run("-m", "celery", "-A", "worker", "report", env=processes.environ(settings))
    assert ended.returncode == 0, ended.stderr
    assert "software -> celery:5" in ended.stdout


def test_a_worker_without_settings_says_what_is_missing(settings: Settings, tmp_path: Path) -> None:
    env = processes.environ(settings) | {"DATABASE_URL": "mysql://nobody", "REDIS_URL": ""}
    ended = _run("-c", "import worker.celery", env=env)
    assert ended.returncode == 1
    assert "DATABASE_URL: must be" in ended.stderr
    assert "REDIS_URL: is missing" in ended.stderr
