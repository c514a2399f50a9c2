"""How fast a whole announcement goes out, beside a load generator in C that sends to the same sink."""

import contextlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Self

from sqlalchemy import text

from bench import frozen, house, report
from bench.house import House
from bench.report import Goal
from db.base import db
from db.session import transaction
from mailer import topics

READERS, CONNECTIONS = 100_000, 4
FAST = 8_000
"""Mails a second that must be reached where the generator reaches them."""
BYTES = 8_000
"""Of a generated mail; the product's own are measured, and the release is as long as it takes."""
PATIENCE = 1_800
MEMORY_GOAL_MB = 150
_RELEASE = """Court frees a journalist in Example Town

EXAMPLE TOWN, 22 November 2026 - A court has freed a journalist who was held for a year.

Contact: Noor Example, press@example.org
"""


def main(readers: int = READERS, name: str = "announcement") -> None:
    """Measure and print."""
    with house.house() as ours, sink() as port:
        ours.environ["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        prepare(ours, readers)
        with Memory(ours.work("bulk", CONNECTIONS)) as memory:
            ours.work("maint", 1)
            ours.wait_for_workers(2)
            generated = [generate(port), 0.0]
            run = announce(ours, readers)
            generated[1] = generate(port)
        size = len(frozen.parcel(ours).content.octets)
    best = max(generated)
    beside = {
        "readers": readers,
        "connections": CONNECTIONS,
        "bytes": size,
        "smtp_source": round(best),
        "freeze_s": round(run.freezing, 2),
    }
    report.say(
        name, readers / run.sending, "mails/s", Goal(FAST) if best >= FAST else None, **beside
    )
    report.say(
        f"{name}-whole", readers / (run.freezing + run.sending), "mails/s, freezing included"
    )
    if best:
        report.say(f"{name}-ratio", readers / run.sending / best, "x smtp-source", Goal(1.0))
    report.say(
        f"{name}-memory",
        memory.most / 1024,
        "MB in the largest sending process",
        Goal(MEMORY_GOAL_MB, at_least=False),
        half_way=round(memory.half_way / 1024, 1),
    )


@dataclass(frozen=True)
class Run:
    """How long an announcement took to freeze and to send, in seconds by the database's clock."""

    freezing: float
    sending: float


@contextmanager
def sink(inside: Sequence[str] = ()) -> Iterator[int]:
    """Give Postfix's smtp-sink, which takes mail and throws it away, faster than any of ours.

    `inside` is what a command begins with to run in another network namespace.
    """
    if not shutil.which("smtp-sink"):
        sys.exit("This bench needs smtp-sink and smtp-source: apt-get install postfix")
    port = house.free_port()
    quiet = subprocess.DEVNULL
    words = ["smtp-sink", "-u", "nobody", "-c", f"127.0.0.1:{port}", "1000"]
    with subprocess.Popen([*inside, *words], stdout=quiet, stderr=quiet) as process:
        time.sleep(0.5)  # it says nothing when it is ready
        yield port
        process.terminate()


def prepare(ours: House, readers: int) -> None:
    """Make the readers, two staff members and a draft."""
    with transaction() as session:
        topics.add(session, slug="releases", name="Press releases")
    ours.readers(f"reader{number}@example.net" for number in range(readers))
    for role in ("author", "approver"):
        invite = ("staff", "create", f"{role}@example.org", "--role", role)
        ours.flask(*invite, "--password-stdin", given="four words are enough\n")
    file = ours.folder / "release.txt"
    file.write_text(_RELEASE, encoding="utf-8")
    ours.flask("releases", "import", str(file))


def announce(ours: House, readers: int) -> Run:
    """Send the draft to everybody; return how long that took once all is accepted."""
    slug = _one("SELECT slug FROM release")
    who = ("--author", "author@example.org", "--approver", "approver@example.org")
    ours.flask("announcements", "send", str(slug), *who)
    give_up = time.monotonic() + PATIENCE
    while _one("SELECT state FROM announcement") != "finished":
        if time.monotonic() > give_up:
            sys.exit("the announcement is not finished")
        time.sleep(0.5)
    accepted = _one("SELECT count(*) FROM delivery WHERE state = 'accepted'")
    if accepted != readers:
        sys.exit(f"{accepted} of {readers} mails were accepted")
    return Run(_seconds("preparing", "sending"), _seconds("sending", "finished"))


def generate(port: int) -> float:
    """Have smtp-source send mails of the same size over as many connections; return mails a second."""
    count = 40_000
    words = (
        f"smtp-source -d -l {BYTES} -m {count} -s {CONNECTIONS} -f a@example.org -t b@example.net"
    )
    began = time.monotonic()
    subprocess.run([*words.split(), f"127.0.0.1:{port}"], check=True)
    return count / (time.monotonic() - began)


@dataclass
class Memory:
    """The resident memory of a worker's processes, looked at once a second; kilobytes."""

    parent: int
    seen: list[int] = field(default_factory=list)
    _over: Event = field(default_factory=Event)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def most(self) -> int:
        """The most that one process had."""
        return max(self.seen, default=0)

    @property
    def half_way(self) -> int:
        """The most that one process had by the middle of the run: near `most` where memory is flat."""
        return max(self.seen[: len(self.seen) // 2], default=0)

    def _watch(self) -> None:
        while not self._over.wait(1):
            self.seen.append(max((_resident(pid) for pid in _children(self.parent)), default=0))


def _children(parent: int) -> list[int]:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        return [int(word) for word in words]
    return []


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) if found else 0
    return 0


def _seconds(before: str, after: str) -> float:
    return float(
        str(
            _one(
                "SELECT extract(epoch FROM max(at) FILTER (WHERE state_after = :after)"
                " - max(at) FILTER (WHERE state_after = :before)) FROM announcement_event",
                before=before,
                after=after,
            )
        )
    )


def _one(query: str, **values: str) -> object:
    with db.engine.connect() as connection:
        return connection.execute(text(query), values).scalar_one()


if __name__ == "__main__":
    main()
