"""The relay takes 5 s for some dots, says others byte by byte, and stalls a greeting; confirmations go on."""

import time

from sandbox.sink.rules import Rule
from tests import processes
from tests.faults.finding import Finding
from tests.faults.site import Site
from tests.faults.visitor import Visitor

LETTERS = 8
LETTER_SECONDS = 5
"""How late a confirmation may be while an announcement crawls."""


def run(site: Site) -> Finding:
    """Single mails have workers of their own, so that a slow announcement does not hold them up."""
    slow = 5.0
    site.misbehave(
        [
            Rule("dot", "delay", recipient="reader*11@*", seconds=slow),
            Rule("dot", "drip", recipient="reader*12@*", seconds=0.1),
            Rule("connect", "stall", ordinals=(3,)),
        ]
    )
    visitor = Visitor(site.serve())
    site.keep()
    site.send()
    id_ = site.announce(4_000 if site.long else 300)
    site.sent(1)
    waits = sorted(_letter(site, visitor, number) for number in range(LETTERS))
    site.finish(id_)
    late = f"a confirmation took {waits[-1]:.1f} s, not {LETTER_SECONDS}"
    return site.finding(
        id_,
        rounds=site.sink.struck,
        faults=[late] if waits[-1] > LETTER_SECONDS else [],
        beside={"slowest_confirmation_s": round(waits[-1], 2)},
    )


def _letter(site: Site, visitor: Visitor, number: int) -> float:
    """Post a wish to subscribe and return how long its confirmation took, in seconds."""
    address = f"asker{number}@example.org"
    site.others.add(address)
    began = time.time()
    visitor.ask(address)
    processes.wait_until(lambda: site.got(address))
    return site.got(address)[0].at - began
