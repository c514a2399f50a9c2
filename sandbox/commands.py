"""The command lines that `make run` starts: change one here, and nowhere else."""

import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox import ports


@dataclass(frozen=True)
class Command:
    """A process: its name (also of its log), its words, and the page that answers once it is up."""

    name: str
    argv: tuple[str, ...]
    page: tuple[int, str] | None = None


def migrate() -> Command:
    """Bring the tables to what the code expects."""
    return Command("migrate", _module("flask", "db", "upgrade"))


def seed() -> Command:
    """Put a small organisation in; prints the sign-ins as JSON when it made them."""
    return Command("seed", _module("flask", "seed", "demo", "--json"))


def services(at: ports.Ports, var: Path, *, with_stripe: bool) -> tuple[Command, ...]:
    """Return the processes in the order they start; the first of them ends last."""
    stripe = Command("stripe", _stripe(at, var), page=(at.stripe, "/"))
    return (
        Command("mailbox", _mailbox(at, var / "mail"), page=(at.mailbox, "/")),
        *([stripe] if with_stripe else []),
        Command("web", _web(at), page=(at.web, "/healthz")),
        # A bulk run must never delay a confirmation, so it has workers of its own.
        Command("worker", (*_worker("first", "tx,hooks,maint", 2), *_beat(var / "beat"))),
        Command("worker-bulk", _worker("bulk", "bulk", 4)),
    )


def _mailbox(at: ports.Ports, folder: Path) -> tuple[str, ...]:
    smtp, page = f"{ports.HOST}:{at.smtp}", f"{ports.HOST}:{at.mailbox}"
    return _module("sandbox.mailbox", "--smtp", smtp, "--page", page, "--dir", str(folder))


def _stripe(at: ports.Ports, var: Path) -> tuple[str, ...]:
    hook = f"http://{ports.HOST}:{at.web}/hooks/stripe"
    # In a file, not in its words: those can be read by everybody on the machine.
    secret = ("--webhook", hook, "--secret-file", str(var / "keys" / "stripe-webhook"))
    state = ("--state", str(var / "stripe.db"))
    return _module("sandbox.stripe", "--port", str(at.stripe), *secret, *state)


def _web(at: ports.Ports) -> tuple[str, ...]:
    threads = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")
    times = ("--timeout", "30", "--graceful-timeout", "3", "--keep-alive", "5")
    # Loaded once before the fork, not by each worker: a start is seconds shorter.
    bind = ("--bind", f"{ports.HOST}:{at.web}", "--preload", "--no-control-socket")
    return _module("gunicorn", "wsgi:app", *bind, *threads, *times)


def _worker(name: str, queues: str, processes: int) -> tuple[str, ...]:
    pool = ("--pool", "prefork", "--concurrency", str(processes))
    # Workers that talk to each other at start gain nothing here, and wait a second for answers.
    alone = ("--without-gossip", "--without-mingle")
    who = ("--hostname", f"{name}@%h", "--queues", queues, "--loglevel", "INFO")
    return _module("celery", "-A", "worker", "worker", *who, *pool, *alone)


def _beat(schedule: Path) -> tuple[str, ...]:
    # Beat lives in the first worker here: a process less to load makes a start a second shorter.
    return ("--beat", "--schedule", str(schedule))


def _module(*words: str) -> tuple[str, ...]:
    # By `python -m`: the scripts in .venv/bin name their Python by a path that may hold spaces.
    return (sys.executable, "-m", *words)
