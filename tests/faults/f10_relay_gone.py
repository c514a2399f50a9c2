"""The relay is gone in the middle of a send: connections are reset, nobody listens; then it is back."""

import time

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import CONNECTIONS, Site

BUSY_SHARE = 0.5
"""Of one processor; more than that while the relay is away is a busy loop."""


def run(site: Site) -> Finding:
    """A mail under way when the relay falls over may come twice, one for each connection."""
    away, readers = (600, 2_000) if site.long else (15, 800)
    site.misbehave([Rule("dot", "delay", seconds=0.01)])
    site.keep()
    worker = site.send()
    id_ = site.announce(readers)
    site.sent(readers // 4)
    site.sink.stop()
    used = worker.seconds_of_processor
    time.sleep(away)
    share = (worker.seconds_of_processor - used) / away
    site.reopen_sink()
    site.healed()
    site.finish(id_)
    tries = site.rows("SELECT max(attempts - doubts) FROM delivery")[0][0]
    faults = [f"{share:.0%} of a processor while the relay was away"] if share > BUSY_SHARE else []
    faults += ["the relay's absence counted as a reader's fault"] if tries > 1 else []
    beside = {"away_s": away, "processor_share": round(share, 3)}
    return site.finding(id_, rounds=1, allowed=CONNECTIONS, within=75, faults=faults, beside=beside)
