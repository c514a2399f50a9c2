"""The relay says 4xx to everybody for some seconds, then greylists some, and is short of space for others."""

import time

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site

STORM = [Rule("rcpt", "reply", "451 4.3.0 not now")]
AFTERWARDS = [
    Rule("rcpt", "reply", "450 4.2.0 greylisted", recipient="reader*1@*", lasting=4),
    Rule("rcpt", "reply", "452 4.5.3 too many recipients", recipient="reader*2@*", first=2),
    Rule("dot", "reply", "452 4.3.1 no space", recipient="reader*3@*", first=2),
]


def run(site: Site) -> Finding:
    """The waits between tries, a minute and more, are cut short in the ledger; all else is as it is."""
    site.misbehave(STORM)
    site.keep()
    site.send()
    id_ = site.announce(5_000 if site.long else 500)
    site.wait_for("SELECT count(*) > 50 FROM delivery WHERE state = 'deferred'")
    time.sleep(2)
    site.misbehave(AFTERWARDS)
    site.healed()
    site.finish(id_, hasten=True)
    ended = site.rows("SELECT count(*) FROM suppression")[0][0]
    faults = [f"{ended} readers were suppressed for a 4xx"] if ended else []
    return site.finding(id_, rounds=site.sink.struck, faults=faults)
