import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.mailbox.running import ROOT, RunningMailbox, command


def refused(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = command(folder, *options)
    return subprocess.run(
        arguments, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_line_and_stops_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with RunningMailbox(tmp_path) as running:
        assert running.line.startswith("Sandbox mailbox: SMTP on 127.0.0.1:")
        running.deliver("amira@example.org")
        running.get("/")
        assert running.stop(number) == (0, "")


def test_it_stops_although_clients_are_connected(tmp_path: Path) -> None:
    with RunningMailbox(tmp_path) as running, running.smtp() as client:
        client.ehlo()
        with socket.create_connection(("127.0.0.1", running.page_port)):
            assert running.stop() == (0, "")
        client.close()


@pytest.mark.parametrize("option", ["--smtp", "--page"])
def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        run = refused(tmp_path, option, address)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr == (
        f"The mailbox cannot listen on {address} (another program uses it): "
        f"stop that program or give another address with {option}.\n"
    )


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = refused(tmp_path / "file" / "mail")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"The mail folder {tmp_path}/file/mail cannot be written (")
    assert run.stderr.count("\n") == 1


def test_two_mailboxes_do_not_share_a_folder(tmp_path: Path) -> None:
    with RunningMailbox(tmp_path):
        run = refused(tmp_path)
    assert run.returncode == 1
    assert run.stderr.startswith(f"Another mailbox uses the mail folder {tmp_path}: ")


@pytest.mark.parametrize(
    "options",
    [["--smtp", "1025"], ["--page", "127.0.0.1:99999"], ["--page", ":x"], ["--keep", "0"]],
)
def test_a_wrong_option_is_explained(tmp_path: Path, options: list[str]) -> None:
    run = refused(tmp_path, *options)
    assert run.returncode == 2
    assert options[1] in run.stderr
