"""How long a confirmation takes while an announcement to 100,000 readers is being mailed."""

import statistics
import sys
import time

from bench import house, report
from bench.house import House
from bench.report import Goal
from bench.subscribe import form_fields, post
from db.session import transaction
from mailer import topics

READERS = 100_000
POSTS, PAUSE = 20, 0.25
RUNNING = 1_000
"""How many mails show that the announcement is being sent."""
PATIENCE = 300
_RELEASE = """Court frees a journalist in Example Town

EXAMPLE TOWN, 22 November 2026 - A court has freed a journalist who was held for a year.

"This should never have happened," said Noor Example.

Contact: Noor Example, press@example.org
"""


def main() -> None:
    """Measure and print."""
    with house.house() as ours:
        with transaction() as session:
            topics.add(session, slug="releases", name="Press releases")
        ours.readers(f"reader{number}@example.org" for number in range(READERS))
        port = ours.serve("wsgi:app")
        for queue, processes in (("tx", 1), ("maint", 1), ("bulk", 2)):
            ours.work(queue, processes)
        announce(ours)
        asked = {}
        fields = form_fields(port)
        for number in range(POSTS):
            address = f"visitor{number}@example{number}.example.org"
            asked[address] = time.time()
            post(port, fields, address)
            time.sleep(PAUSE)
        taken = arrivals(ours, asked)
        still_running(ours)
    report.say(
        "arrival-under-load",
        max(taken),
        "s, slowest",
        Goal(2, at_least=False),
        median=round(statistics.median(taken), 3),
        readers=READERS,
    )


def announce(ours: House) -> None:
    """Have two staff members send a release, and wait until its mails arrive."""
    for name in ("author", "approver"):
        invite = ("staff", "create", f"{name}@example.org", "--role", name)
        ours.flask(*invite, "--password-stdin", given="four words are enough\n")
    file = ours.folder / "release.txt"
    file.write_text(_RELEASE, encoding="utf-8")
    slug = ours.flask("releases", "import", str(file)).split()[-1]
    who = ("--author", "author@example.org", "--approver", "approver@example.org")
    ours.flask("announcements", "send", slug, *who)
    ours.sink.wait_for(RUNNING, PATIENCE)


def arrivals(ours: House, asked: dict[str, float]) -> list[float]:
    """Return how long each mail took, by the sink's clock, which is this machine's."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        came = {m.recipient: m.at for m in ours.sink.accepted if m.recipient in asked}
        if len(came) == len(asked):
            return [came[address] - began for address, began in asked.items()]
        # Seldom: the sink is a thread of this process, and looking takes its time away.
        time.sleep(1)
    sys.exit("a confirmation did not arrive")


def still_running(ours: House) -> None:
    """End the bench where the announcement was over too soon to be a load."""
    if len(ours.sink.accepted) >= READERS:
        sys.exit("the announcement was over before the confirmations were; take more readers")


if __name__ == "__main__":
    main()
