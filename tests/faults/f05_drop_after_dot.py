"""The relay drops the connection after the final dot: one mail in ten it has kept, one in ten it has not."""

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site


def run(site: Site) -> Finding:
    """Nobody can know which: each is offered once more with the same Message-ID, and listed in the report."""
    readers = 5_000 if site.long else 500
    kept = Rule("dot", "drop", recipient="reader*3@*", first=1, keep=True)
    site.misbehave([kept, Rule("dot", "drop", recipient="reader*7@*", first=1)])
    id_ = site.send_all(readers, hasten=True)
    drops = site.sink.struck
    listed = site.rows("SELECT count(*) FROM delivery WHERE doubts > 0")[0][0]
    faults = [] if listed == drops else [f"{drops} drops, but {listed} are listed as in doubt"]
    return site.finding(
        id_, rounds=drops, allowed=readers // 10, faults=faults, beside={"in_doubt": listed}
    )
