"""The broker is emptied (FLUSHALL) again and again in the middle of a send."""

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """Every bell that was rung is lost; the sweeper finds the rows again."""
    rounds, readers = (100, 20_000) if site.long else (20, 1_800)
    site.misbehave([Rule("dot", "delay", seconds=0.06)])
    site.keep()
    site.send()
    id_ = site.announce(readers)
    for number in range(rounds):
        site.sent(number * readers // (rounds + 1))  # the first one drowns the bells of the freeze
        site.engines.broker().flushall()
        site.struck()
    site.finish(id_)
    return site.finding(id_, rounds=rounds, within=15)
