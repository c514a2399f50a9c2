"""The broker is killed with SIGKILL and started again, empty, in the middle of a send."""

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """Workers are not restarted: they must find the new broker by themselves."""
    rounds, readers = (50, 20_000) if site.long else (6, 1_800)
    site.misbehave([Rule("dot", "delay", seconds=0.06)])
    site.keep()
    site.send()
    id_ = site.announce(readers)
    for number in range(rounds):
        site.sent(number * readers // (rounds + 1))
        site.engines.crash(site.engines.valkey)
        site.engines.broker().flushall()
        site.struck()
    site.finish(id_)
    return site.finding(id_, rounds=rounds, within=5)
