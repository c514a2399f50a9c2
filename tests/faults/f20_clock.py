"""Workers whose clock is an hour behind, a minute ahead, a day ahead, beside a database that is right."""

import shutil
import subprocess
from pathlib import Path

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding, Skipped
from tests.faults.site import CONNECTIONS, Site

SHIFTS = {"an hour behind": -3_600, "a minute ahead": 60, "a day ahead": 86_400}
"""First the one behind: nothing is due for a second try while it sends."""
PATIENCE_SECONDS = 25
WAIT_SECONDS = 120
"""A first retry is due after a minute; a wait of more than this comes from the wrong clock."""

_WAITS = """
    SELECT coalesce(extract(epoch FROM max(next_try_at) FILTER (WHERE state = 'deferred') - now()), 0),
           count(*) FILTER (WHERE attempts > 1)
      FROM delivery
"""


def run(site: Site) -> Finding:
    """Leases and waits are by the database's clock; killing each worker may repeat a mail a connection."""
    clock, readers = _clock(site.folder), 600
    site.misbehave([Rule("rcpt", "reply", "450 4.2.0 mailbox busy", recipient="*5@*", first=1)])
    site.keep()
    id_ = site.announce(readers)
    faults: list[str] = []
    for number, (words, seconds) in enumerate(SHIFTS.items(), 1):
        preloaded = ("env", f"LD_PRELOAD={clock}", f"CLOCK_SHIFT={seconds}")
        worker = site.send(before=preloaded)
        faults += _judge(site, words, number * readers // 5, hurried=seconds < 0)
        worker.kill()
    site.send()
    site.finish(id_, hasten=True)
    return site.finding(id_, rounds=len(SHIFTS), allowed=len(SHIFTS) * CONNECTIONS, faults=faults)


def _judge(site: Site, words: str, count: int, *, hurried: bool) -> list[str]:
    """Return what a worker with such a clock does wrong."""
    try:
        site.sent(count, PATIENCE_SECONDS)
    except TimeoutError:
        return [f"a worker {words} sends nothing"]
    wait, again = site.rows(_WAITS)[0]
    late = [f"a worker {words} puts mails off for {wait:.0f} s"] if wait > WAIT_SECONDS else []
    early = [f"a worker {words} tries {again} mails again at once"] if hurried and again else []
    return late + early


def _clock(folder: Path) -> Path:
    """Build what shifts a process's clock; raise Skipped where that cannot be."""
    compiler, made = shutil.which("cc"), folder / "clock.so"
    if compiler is None:
        raise Skipped("there is no C compiler (cc) here to build the shifted clock with")
    source = Path(__file__).with_name("clock.c")
    argv = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"]
    built = subprocess.run(argv, check=False, capture_output=True, text=True)
    if built.returncode:
        raise Skipped(f"the shifted clock cannot be built: {built.stderr.splitlines()[:1]}")
    return made
