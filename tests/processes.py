"""Starts the product's real processes for a test, and ends them with it."""

import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from config.settings import ROOT, Settings

PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.05


def environ(settings: Settings, **more: str) -> dict[str, str]:
    """Return an environment for a child that reads these settings."""
    told = {name.upper(): _text(value) for name, value in settings if value is not None}
    here = {k: v for k, v in os.environ.items() if k not in told}  # noqa: TID251 - a child inherits the rest
    return here | told | more


def _text(value: object) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until(what: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is true; raise TimeoutError where it does not become so.

    Looks are counted, not seconds: on a machine that stood still, nothing had the time to happen.
    """
    for _ in range(math.ceil(seconds / LOOK_SECONDS)):
        if what():
            return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("what the test waited for did not happen")


class Process:
    """One process of the house, in a process group of its own; its output goes to a file."""

    def __init__(self, *words: str, env: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as out:
            self._child = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the whole group with SIGKILL, as a crash of the machine's part would."""
        os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait(PATIENCE_SECONDS)

    def stop(self) -> None:
        """Ask it to end, and insist after a while."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def code(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        return self._child.wait(PATIENCE_SECONDS)

    @property
    def words(self) -> str:
        """What it has said."""
        return self._log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(*words: str, env: dict[str, str], log: Path) -> Iterator[Process]:
    """Run one process for as long as the block lasts."""
    process = Process(*words, env=env, log=log)
    try:
        yield process
    finally:
        process.stop()


def web(port: int) -> tuple[str, ...]:
    """Return the words that start the web."""
    bind = f"127.0.0.1:{port}"
    return ("gunicorn", "wsgi:app", "--bind", bind, "--worker-class", "gthread", "--threads", "4")


def worker(queues: str, processes: int) -> tuple[str, ...]:
    """Return the words that start a worker for these queues."""
    name = f"{queues.replace(',', '-')}-{os.getpid()}@test"
    pool = ("-P", "prefork", "-c", str(processes), "--without-gossip", "--without-mingle")
    return ("celery", "-A", "worker", "worker", "-Q", queues, "-n", name, *pool)


def beat(folder: Path) -> tuple[str, ...]:
    """Return the words that start beat."""
    return ("celery", "-A", "worker", "beat", "-s", str(folder / "beat"), "--pidfile", "")


def answers(port: int, path: str = "/healthz") -> bool:
    """Tell whether a web page answers."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500
        except OSError:
            return False
