"""How fast a list of a million confirmed rows is imported, encrypted and indexed, and in how much memory."""

import random
import re
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from bench import house, report
from bench.house import House
from bench.report import Goal
from config.settings import ROOT
from db.session import transaction
from mailer import topics
from mailer.models.subscribers import Subscriber

ROWS = 1_000_000
SLUGS = ("courts", "exile", "courts;exile")
LARGE, SMALL = 20, 100_000
"""How many large providers, and how many small domains, the readers are at."""
_LARGE_SHARE = 0.7
"""Of the addresses, those at a large provider."""
_SEED = 7


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        with transaction() as session:
            for slug in ("courts", "exile"):
                topics.add(session, slug=slug, name=slug.capitalize())
        file = ours.folder / "list.csv"
        write(file)
        seconds, megabytes = import_list(ours, file)
        stored = count()
    if stored != ROWS:
        sys.exit(f"{stored} of {ROWS} rows were stored")
    report.say("import-list", seconds, "s", Goal(120, at_least=False), rows=ROWS)
    report.say("import-list-memory", megabytes, "MB", Goal(200, at_least=False), rows=ROWS)


def write(file: Path) -> None:
    """Write a list as they are: most readers at few providers, the rest at many domains."""
    dice = random.Random(_SEED)  # noqa: S311 - the same list in each run, no secret
    with file.open("w", encoding="utf-8") as stream:
        stream.write("email,topics,language,confirmed_at,consent_note\n")
        for number in range(ROWS):
            large = dice.random() < _LARGE_SHARE
            # Cubed: of the small domains too, a few have many readers and most have one.
            domain = (
                f"mail{dice.randrange(LARGE)}" if large else f"org{int(SMALL * dice.random() ** 3)}"
            )
            stream.write(
                f"reader{number}@{domain}.example.org,{dice.choice(SLUGS)},{dice.choice(('en', 'es'))},"
                f"2024-03-{dice.randrange(1, 29):02}T10:00:00Z,I ask to be mailed.\n"
            )


def import_list(ours: House, file: Path) -> tuple[float, float]:
    """Import by the command; return the seconds it took and the most memory it held, in megabytes."""
    began = time.monotonic()
    words = ("flask", "subscribers", "import", str(file), "--json")
    most = 0.0
    with subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=ours.environ, stdout=subprocess.DEVNULL
    ) as child:
        # Asked while it runs: `getrusage` counts this process too, which it was forked from.
        while child.poll() is None:
            most = max(most, peak(child.pid))
            time.sleep(0.1)
    if child.returncode:
        sys.exit("the import failed")
    return time.monotonic() - began, most


def peak(pid: int) -> float:
    """Return the most memory a process has held so far, in megabytes; 0 once it has ended."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


def count() -> int:
    """Return how many subscribers there are."""
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Subscriber)) or 0


if __name__ == "__main__":
    main()
