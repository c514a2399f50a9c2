"""Another session locks the ledger, then the batches, then the announcement, for 8 s each."""

import time

from sqlalchemy import text

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site

LOCKS = (
    "LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE",
    "SELECT id FROM batch FOR UPDATE",
    "SELECT id FROM announcement FOR UPDATE",
)


def run(site: Site) -> Finding:
    """Workers wait, or come back; no mail is lost or sent twice for it."""
    rounds, held = (10, 30) if site.long else (1, 8)
    readers = 6_000 * rounds if site.long else 1_200
    site.misbehave([Rule("dot", "delay", seconds=0.02)])
    site.keep()
    site.send()
    id_ = site.announce(readers)
    site.sent(100)
    for statement in LOCKS * rounds:
        with site.connected() as connection:
            connection.execute(text(statement))
            time.sleep(held)
        site.healed()
        site.sent(len(site.accepted) + 50)
    site.finish(id_)
    return site.finding(id_, rounds=len(LOCKS) * rounds, within=15)
