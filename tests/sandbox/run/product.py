"""A product small enough to watch: programs of the real names that only start, answer and end.

`make run` starts `python -m gunicorn`, `-m celery`, ... in the product's folder, where these come first.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Self

from sandbox import environment, processes

HOUSE: Final = Path(__file__).parents[3]

GIVEN: Final = {"DATABASE_URL": "postgresql://given/db", "REDIS_URL": "redis://given/0"}

PAGE = """
import http.server, pathlib, re, sys
address = re.search(r"(\\d+)$", sys.argv[sys.argv.index(OPTION) + 1])

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(address.group(1))), Page).serve_forever()
"""

CELERY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600) # grandchild"])
time.sleep(600)
"""

FLASK = """
import json, os, pathlib, sys, time
with pathlib.Path("calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + " " + os.environ["DATABASE_URL"] + chr(10))
if pathlib.Path("unmigratable").exists():
    sys.exit("the tables are in the way")
if pathlib.Path("slow").exists():
    time.sleep(600)
if "seed" in sys.argv:
    staff = {"email": "chen@example.org", "role": "author", "password": "open sesame"}
    print(json.dumps({"staff": [staff]}))
"""

RUN = """
import sys
from pathlib import Path
from sandbox import environment, run
root, var = map(Path, sys.argv[1:])
sys.exit(run.until_stopped(run.Sandbox(root, var, environment.given(), run.say)))
"""


def build(root: Path) -> Path:
    """Put the stand-ins into a folder."""
    programs = {
        "gunicorn": PAGE.replace("OPTION", '"--bind"'),
        "sandbox/mailbox": PAGE.replace("OPTION", '"--page"'),
        "sandbox/stripe": PAGE.replace("OPTION", '"--port"'),
        "celery": CELERY,
        "flask": FLASK,
    }
    for name, code in programs.items():
        (root / name).mkdir(parents=True)
        (root / name / "__init__.py").touch()
        (root / name / "__main__.py").write_text(code)
    (root / "sandbox" / "__init__.py").touch()
    (root / "db" / "migrations" / "versions").mkdir(parents=True)
    return root


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """A `make run` over the stand-ins, in a process of its own."""

    def __init__(self, root: Path, given: Mapping[str, str]) -> None:
        self.root = root
        self.web = free_port()
        self.stripe = free_port()
        chosen = {"PORT": str(self.web), "STRIPE_PORT": str(self.stripe)}
        chosen |= {name: str(free_port()) for name in ("MAILBOX_SMTP_PORT", "MAILBOX_PORT")}
        environ = {**environment.given(), **chosen, **given}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(root), str(root / "var")],
            cwd=HOUSE,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self.seen: set[int] = set()

    def until(self, words: str) -> Self:
        """Read what it says up to a line with these words; fail where it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return self
        raise AssertionError(f"it never said '{words}':\n{self.said}")

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send it a signal and return its exit code."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> int:
        """Wait for its end, read the rest, return its exit code."""
        assert self.process.stdout is not None
        # Not communicate(): it would lose the lines that until() has read ahead.
        self.said += self.process.stdout.read()
        return self.process.wait(timeout=60)

    def wait_for_family(self, count: int) -> list[int]:
        """Return the family once it has this many members: grandchildren come a moment later."""
        assert eventually(lambda: len(self.family()) == count), self.family()
        return self.family()

    def calls(self) -> list[str]:
        """Return what the stand-in of flask was asked for."""
        return (self.root / "calls").read_text().splitlines()

    def pids(self) -> dict[str, int]:
        """Return the services by name, as `make run` noted them."""
        lines = (self.root / "var" / "run.lock").read_text().splitlines()[1:]
        pids = {name: int(pid) for name, _, pid in (line.partition(" ") for line in lines)}
        self.seen |= set(pids.values())
        return pids

    def family(self) -> list[int]:
        """Return every process that was started with the services, grandchildren included."""
        return [pid for leader in self.pids().values() for pid in processes.group(leader)]

    def finish(self) -> None:
        """Stop it if it still runs, and whatever a test left of it."""
        if self.process.poll() is None:
            self.stop()
        if self.process.stdout is not None:
            self.process.stdout.close()
        for leader in self.seen:
            processes.tell_group(leader, signal.SIGKILL)


def gone(pids: list[int]) -> bool:
    """Tell whether processes have ended, within a few seconds."""
    return all(processes.wait_gone(pid, 10) for pid in pids)


def eventually(ask: Callable[[], bool]) -> bool:
    """Tell whether something becomes true, within a few seconds."""
    deadline = time.monotonic() + 20
    while not ask():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def first_words(path: Path) -> str:
    """Return what a program wrote, as soon as it wrote something."""
    assert eventually(lambda: path.exists() and path.stat().st_size > 0), f"{path} stayed empty"
    return path.read_text()
