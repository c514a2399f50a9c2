"""The house, running: web, both workers, beat, and a mailbox in place of the world."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask

from config.settings import Settings
from tests import processes
from tests.processes import Process

MAILS = 20_000


@dataclass
class Mailbox:
    """The sandbox mailbox, read by its API; it can close for a while and open again."""

    page: int
    start: Callable[[], Process]
    process: Process

    def close(self) -> None:
        """Stop taking mail, as a relay that is away."""
        self.process.stop()

    def open(self) -> None:
        """Take mail again; what arrived before is still there."""
        self.process = self.start()
        processes.wait_until(lambda: processes.answers(self.page, "/"))

    def messages(self, **query: str) -> list[dict[str, str]]:
        """Return what arrived, newest first."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        return list(json.loads(self._get(f"/api/messages?limit={MAILS}&{words}")))

    def mail(self, id_: str) -> EmailMessage:
        """Return one message, parsed."""
        mail = message_from_bytes(self._get(f"/api/messages/{id_}/raw"), policy=default)
        assert isinstance(mail, EmailMessage)
        return mail

    def newest_to(self, address: str) -> EmailMessage:
        """Wait for a mail to this address, and return the newest."""
        processes.wait_until(lambda: self.messages(to=address))
        return self.mail(self.messages(to=address)[0]["id"])

    def _get(self, path: str) -> bytes:
        url = f"http://127.0.0.1:{self.page}{path}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read())


@dataclass
class House:
    """Where the running processes are reached."""

    url: str
    mailbox: Mailbox
    start: Callable[..., Process]
    settings: Settings
    answering: Process
    """The worker that answers requests and sends single mails."""


@pytest.fixture
def told() -> dict[str, str]:
    """Give what the house is told beside the settings; a test module may say something else."""
    return {}


@pytest.fixture
def house(app: Flask, settings: Settings, told: dict[str, str], tmp_path: Path) -> Iterator[House]:
    """Run everything; what is started by `start` ends with the test as well."""
    web, smtp, page = (processes.free_port() for _ in range(3))
    env = processes.environ(settings, SMTP_URL=f"smtp://127.0.0.1:{smtp}", STATE_DIR=str(tmp_path))
    env |= told | {"BASE_URL": f"http://127.0.0.1:{web}"}

    with ExitStack() as stack:

        def start(*words: str, **more: str) -> Process:
            log = tmp_path / f"{len(list(tmp_path.glob('*.log')))}.log"
            return stack.enter_context(processes.running(*words, env=env | more, log=log))

        def mailbox() -> Process:
            at = ("--smtp", f"127.0.0.1:{smtp}", "--page", f"127.0.0.1:{page}")
            return start("sandbox.mailbox", *at, "--dir", str(tmp_path / "mail"))

        mail = Mailbox(page, mailbox, mailbox())
        start(*processes.web(web))
        answering = start(*processes.worker("tx,hooks,maint", 2))
        start(*processes.worker("bulk", 4))
        start(*processes.beat(tmp_path))
        processes.wait_until(lambda: processes.answers(web) and processes.answers(page, "/"))
        yield House(env["BASE_URL"], mail, start, settings, answering)
    for log in sorted(tmp_path.glob("*.log")):
        print(*_last_words(log), sep="\n")  # noqa: T201 - pytest shows it where the test failed


def _last_words(log: Path) -> list[str]:
    return [log.name, *log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]]
