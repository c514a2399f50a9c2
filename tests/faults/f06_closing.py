"""The relay says 421 and leaves: at the greeting, EHLO, MAIL, RCPT, DATA and after the final dot."""

from sandbox.sink.rules import Rule
from tests.faults.finding import Finding
from tests.faults.site import Site

CLOSING = "421 4.3.2 closing for a moment"


def run(site: Site) -> Finding:
    """It refused in so many words, so that nothing is in doubt: all is tried again, none comes twice."""
    share = 0.01
    rules = [Rule(phase, "reply", CLOSING, probability=share) for phase in ("mail", "rcpt", "data")]
    rules += [
        Rule("dot", "reply", CLOSING, probability=share),
        Rule("connect", "reply", CLOSING, ordinals=(6,)),
        Rule("ehlo", "reply", CLOSING, ordinals=(9,)),
    ]
    site.misbehave(rules)
    id_ = site.send_all(5_000 if site.long else 600, hasten=True)
    beside = {"connections": site.sink.connections}
    return site.finding(id_, rounds=site.sink.struck, beside=beside)
