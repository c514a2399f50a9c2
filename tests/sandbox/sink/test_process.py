"""The sink as a process of its own, which outlives whoever sends to it."""

import json
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox.sink.server import HOST

ROOT = Path(__file__).parents[3]
MESSAGE = b"Message-ID: <one@example.org>\r\n\r\nWords.\r\n"

Start = Callable[..., tuple[subprocess.Popen[str], int]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start sinks that end with the test, and say on which port each listens."""
    with ExitStack() as stack:

        def run(*options: str) -> tuple[subprocess.Popen[str], int]:
            command = [sys.executable, "-m", "sandbox.sink", "--port", "0"]
            command += ["--record", str(tmp_path / "record"), *options]
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            found = re.search(rf"{HOST}:(\d+)\.", process.stdout.readline())
            assert found is not None
            return process, int(found[1])

        yield run


def send(port: int) -> None:
    with smtplib.SMTP(HOST, port, timeout=5) as client:
        client.sendmail("list@example.org", "amira@example.org", MESSAGE)


def test_what_was_accepted_outlives_a_kill(start: Start, tmp_path: Path) -> None:
    process, port = start("--keep-bytes")
    send(port)
    process.kill()
    process.wait(10)
    (line,) = map(json.loads, (tmp_path / "record").read_text("utf-8").splitlines())
    assert line["message_id"] == "<one@example.org>"
    assert "content" in line


def test_a_script_is_obeyed(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('[{"phase": "dot", "action": "reply", "text": "554 5.6.0 no"}]', "utf-8")
    _, port = start("--script", str(script))
    with pytest.raises(smtplib.SMTPDataError):
        send(port)
    assert (tmp_path / "record").read_bytes() == b""


def test_an_extension_may_be_left_out(start: Start) -> None:
    _, port = start("--without", "PIPELINING")
    with smtplib.SMTP(HOST, port, timeout=5) as client:
        client.ehlo()
        assert not client.has_extn("PIPELINING")
        assert client.has_extn("8BITMIME")


def test_ctrl_c_ends_it_quietly(start: Start) -> None:
    process, port = start()
    with smtplib.SMTP(HOST, port, timeout=5):
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
