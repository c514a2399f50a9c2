"""The proxy as a process of its own, before a socket in the file system."""

import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).parents[3]


def greet(target: socket.socket) -> None:
    """Say hello to the first who comes."""
    with target.accept()[0] as stream:
        stream.sendall(b"hello")


def test_it_says_its_port_and_leads_to_a_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as target:
        target.bind(str(tmp_path / "s"))
        target.listen()
        greeter = threading.Thread(target=greet, args=(target,))
        greeter.start()
        command = [sys.executable, "-m", "sandbox.proxy", "--listen", "127.0.0.1:0"]
        command += ["--to", str(tmp_path / "s"), "--delay-ms", "1"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            found = re.search(r"127\.0\.0\.1:(\d+)\.", process.stdout.readline())
            assert found is not None
            with socket.create_connection(("127.0.0.1", int(found[1])), timeout=5) as stream:
                assert stream.recv(5) == b"hello"
            process.terminate()
        greeter.join()
