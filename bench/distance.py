"""Distance: a proxy in a process of its own, through which everything takes longer."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from config.settings import ROOT

MILLISECONDS = 10
"""There and back."""


@contextmanager
def proxy(to: int, *, host: str = "127.0.0.1", inside: Sequence[str] = ()) -> Iterator[int]:
    """Put a relay at MILLISECONDS of round trip; give the port to go by.

    `inside` is what a command must begin with to run in another network namespace, and `host` is where
    to listen there.
    """
    words = [
        "--listen",
        f"{host}:0",
        "--to",
        f"127.0.0.1:{to}",
        "--delay-ms",
        f"{MILLISECONDS / 2}",
    ]
    with subprocess.Popen(
        [*inside, sys.executable, "-m", "sandbox.proxy", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _port(process)
        finally:
            process.terminate()


def _port(process: subprocess.Popen[str]) -> int:
    said = process.stdout.readline() if process.stdout else ""
    found = re.search(r":(\d+)\.$", said.strip())
    if found is None:
        sys.exit("the proxy did not start")
    return int(found[1])
