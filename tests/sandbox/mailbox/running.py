"""A sandbox mailbox in a process of its own, and the two ways to talk to it."""

import json
import re
import signal
import smtplib
import subprocess
import sys
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[3]
SENDER = "news@example.org"


def command(folder: Path, *options: str) -> list[str]:
    """Say how a mailbox is started on free ports; later options win over earlier ones."""
    free = ["--smtp", "127.0.0.1:0", "--page", "127.0.0.1:0"]
    return [sys.executable, "-m", "sandbox.mailbox", *free, "--dir", str(folder), *options]


def mail(subject: str = "Hello", body: bytes = b"Hello, Amira.") -> bytes:
    """Make a small mail as it goes over the wire."""
    return b"From: News <news@example.org>\r\nSubject: %s\r\n\r\n%s\r\n" % (subject.encode(), body)


@dataclass(frozen=True)
class Answer:
    """What HTTP answered."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RunningMailbox:
    """Starts the process, waits for its one line, and reads its ports from there."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            command(folder, *options),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.smtp_port, self.page_port = map(int, re.findall(r":(\d+)", self.line))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End the process; gives its exit status and what else it wrote."""
        self.process.send_signal(number)
        rest = "".join(self.process.communicate(timeout=30))
        return self.process.returncode, rest

    def smtp(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.smtp_port, "client.example.org")

    def deliver(self, to: str, content: bytes | None = None, sender: str = SENDER) -> None:
        with self.smtp() as client:
            client.sendmail(sender, [to], content or mail())

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.page_port, timeout=30)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self.request("GET", path, headers)

    def messages(self, query: str = "") -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.get(f"/api/messages{query}").json
        return found

    def id_for(self, to: str) -> str:
        return self.messages(f"?to={to}")[0]["id"]
