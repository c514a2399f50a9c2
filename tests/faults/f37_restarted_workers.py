"""Workers are replaced during a send, as a deployment does: a new one starts, the old gets SIGTERM."""

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """A worker that is asked to end settles its window first, so that nobody is mailed twice."""
    rounds, readers = (20, 20_000) if site.long else (3, 2_000)
    site.misbehave([Rule("dot", "delay", seconds=0.03)])
    site.keep()
    worker = site.send()
    id_ = site.announce(readers)
    for number in range(1, rounds + 1):
        site.sent(number * readers // (rounds + 3))
        old, worker = worker, site.send()
        old.ask_to_end()
        site.struck()
        old.wait()
    site.finish(id_)
    return site.finding(id_, rounds=rounds, within=15)
