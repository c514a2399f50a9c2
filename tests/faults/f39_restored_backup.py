"""A backup from the middle of a send is restored after it: under workers that stay up, and hours later."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site

WATCH_SECONDS = 16
"""How long we look whether anything is sent again: the sweeper has come round, and workers had time."""
_NO_LEASES = "UPDATE batch SET holder = NULL, leased_until = NULL, due_at = now()"
_HOURS_LATER = "UPDATE epoch SET beat_at = beat_at - interval '3 hours'"


def run(site: Site) -> Finding:
    """In the copy most readers are queued who have their mail: nobody may get it again without a person."""
    readers = 300
    site.misbehave([Rule("dot", "delay", seconds=0.02)])
    site.keep()
    site.send()
    id_ = site.announce(readers)
    site.sent(readers // 3)
    site.pause()
    backup = site.back_up()
    site.keep()
    site.send()
    site.finish(id_)
    whole = site.finding(id_, rounds=2)
    time.sleep(WATCH_SECONDS)  # so that the living have seen a sweep that the copy has not
    again = partial(_again, site, id_, backup)
    resent = {
        "under workers that stay up": again([_NO_LEASES], stay=True),
        "hours later": again([_NO_LEASES, _HOURS_LATER], stay=False),
    }
    faults = [
        f"{how}: {number} mails were sent again by themselves, and the announcement is {state!r}"
        for how, (number, state) in resent.items()
        if number or state == "sending"
    ]
    numbers = {how: number for how, (number, _) in resent.items()}
    tally = replace(whole.tally, duplicated=sum(numbers.values()))
    return Finding(tally, 2, faults=[*whole.faults, *faults], beside={"resent": numbers})


def _again(
    site: Site, id_: int, backup: str, statements: Sequence[str], *, stay: bool
) -> tuple[int, str]:
    """Restore the copy; return how many mails follow by themselves, and where the announcement stands."""
    before = len(site.accepted)
    if not stay:
        site.pause()
    site.restore(backup)
    for statement in statements:
        site.rows(statement)
    if not stay:
        site.keep()
        site.send()
    time.sleep(WATCH_SECONDS)
    state = site.rows("SELECT state FROM announcement WHERE id = :id", id=id_)[0][0]
    return len(site.accepted) - before, str(state)
