"""PostgreSQL is restarted in immediate mode, as after a crash, in the middle of a send."""

import signal
import time

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """What was settled but not committed is in the journal, so that nobody is mailed twice."""
    rounds, readers = (20, 10_000) if site.long else (3, 1_000)
    site.misbehave([Rule("dot", "delay", seconds=0.02)])
    site.keep()
    site.send()
    id_ = site.announce(readers)
    for number in range(1, rounds + 1):
        site.sent(number * readers // (rounds + 2))
        time.sleep(site.dice.uniform(0, 0.5))
        site.engines.crash(site.engines.postgres, signal.SIGQUIT)
        site.struck()
    site.finish(id_)
    return site.finding(id_, rounds=rounds, within=10)
