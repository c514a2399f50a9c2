"""What a bench runs on: PostgreSQL and Valkey out of wheels, the product's processes, a sink for its mail."""

import base64
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from config.settings import ROOT, load
from sandbox.servers import Postgres, Valkey
from sandbox.sink.server import Sink
from wiring import migrations
from wiring.core import CORE, core_app


@dataclass
class House:
    """The engines and the environment that processes are started with."""

    folder: Path
    environ: dict[str, str]
    app: Flask
    sink: Sink
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> int:
        """Start `python -m …`, which ends with the bench; return its process id."""
        log = self.folder / f"{len(self._processes)}.log"
        with log.open("wb") as out:
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *words],
                    cwd=ROOT,
                    env=self.environ,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                )
            )
        return self._processes[-1].pid

    def serve(self, target: str) -> int:
        """Serve a WSGI app by gunicorn as production does; return its port once it answers."""
        port = free_port()
        how = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload")
        self.start("gunicorn", target, "--bind", f"127.0.0.1:{port}", *how)
        wait_for(port)
        return port

    def work(self, queues: str, processes: int) -> int:
        """Start a worker; return the process id of the parent of its processes."""
        quiet = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING")
        return self.start(
            *("celery", "-A", "worker", "worker", "-Q", queues, "-c", str(processes)),
            *("-n", f"{queues}@bench", *quiet),
        )

    def wait_for_workers(self, count: int, seconds: float = 60) -> None:
        """Wait until that many workers answer; raise TimeoutError."""
        give_up = time.monotonic() + seconds
        celery = self.app.extensions[CORE].celery
        while len(celery.control.ping(timeout=1)) < count:
            if time.monotonic() > give_up:
                raise TimeoutError("the workers do not answer")

    def flask(self, *words: str, given: str = "") -> str:
        """Run a command of the product; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=ROOT,
            env=self.environ,
            input=given,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def readers(self, addresses: Iterable[str]) -> None:
        """Import confirmed readers of the topic 'releases'."""
        file = self.folder / "readers.csv"
        rows = (
            f"{each},releases,en,2024-03-01T10:00:00Z,I ask to be mailed.\n" for each in addresses
        )
        with file.open("w", encoding="utf-8") as stream:
            stream.write("email,topics,language,confirmed_at,consent_note\n")
            stream.writelines(rows)
        self.flask("subscribers", "import", str(file), "--json")

    def stop(self) -> None:
        """End what was started."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)


@contextmanager
def house() -> Iterator[House]:
    """Give a migrated database with durable settings, a broker, and a sink for mail."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="samizdat-bench-")))
        postgres, valkey = Postgres(folder / "pg"), Valkey(folder / "vk")
        for server in (postgres, valkey):
            server.start()
            stack.callback(server.stop)
        sink = stack.enter_context(Sink())
        environ = _environ(postgres, valkey, sink, folder)
        app = core_app(load(environ))
        migrations.prepare(app)
        with app.app_context():
            upgrade()
            made = House(folder, os.environ | environ, app, sink)  # noqa: TID251 - children inherit it
            stack.callback(made.stop)
            yield made


def _environ(postgres: Postgres, valkey: Valkey, sink: Sink, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": postgres.url(),
        "REDIS_URL": valkey.url(),
        "SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
        "BASE_URL": "http://127.0.0.1:8000",
        "SECRET_KEYS": _key(),
        "DATA_KEYS": f"index:{_key()} k1:{_key()}",
        "ORG_NAME": "Example Rights Foundation",
        "ORG_ADDRESS": "1 Example Street, Example Town",
        "ORG_FROM": "news@example.org",
        "ORG_CONTACT": "hello@example.org",
        "STATE_DIR": str(folder / "state"),
        "LOG_LEVEL": "WARNING",
        # A bench posts from many networks, which it says as a proxy would.
        "TRUSTED_PROXIES": "1",
    }


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int, seconds: float = 30) -> None:
    """Wait until something answers there; raise TimeoutError."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError(f"nothing answered at port {port}")
