"""The relay drops one connection in ten after it has said 354 to DATA, before the message is complete."""

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """All of it is tried again; where the dot had left before the drop was seen, it counts as in doubt."""
    site.misbehave([Rule("content", "drop", probability=0.1)])
    id_ = site.send_all(10_000 if site.long else 1_000, hasten=True)
    doubted = site.rows("SELECT count(*) FROM delivery WHERE doubts > 0")[0][0]
    return site.finding(id_, rounds=site.sink.struck, beside={"in_doubt": doubted})
