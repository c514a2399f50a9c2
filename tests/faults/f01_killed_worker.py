"""The worker is killed with SIGKILL, parent and pool, at random moments of a send, and started anew."""

import time

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import CONNECTIONS, Site


def run(site: Site) -> Finding:
    """Kill at milestones of the send plus a random while; the relay is slow enough to have work in hand."""
    kills, readers = (100, 20_000) if site.long else (7, 1_000)
    site.misbehave([Rule("dot", "delay", seconds=0.01)])
    site.keep()
    id_ = site.announce(readers)
    for kill in range(1, kills + 1):
        worker = site.send()
        site.sent(kill * readers // (kills + 2))
        time.sleep(site.dice.uniform(0, 0.3))
        worker.kill()
        site.struck()
    site.send()
    site.finish(id_)
    return site.finding(id_, rounds=kills, allowed=kills * CONNECTIONS, within=15)
