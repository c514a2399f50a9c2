"""Whether the form's answer tells who is on the list: 2 x 500 posts of unknown and of confirmed addresses."""

import math
import random
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import groupby

from bench import house, report
from bench.report import Goal
from bench.subscribe import Answer, form_fields, post
from config import limits
from db.session import transaction
from mailer import topics

POSTS = 500
SIGNIFICANT = 0.01
_SEED = 7


def main() -> None:
    """Measure and print."""
    known = [f"confirmed{number}@example.org" for number in range(POSTS)]
    unknown = [f"forgotten{number}@example.org" for number in range(POSTS)]
    with house.house() as ours:
        with transaction() as session:
            topics.add(session, slug="releases", name="Press releases")
        ours.readers(known)
        port = ours.serve("wsgi:app")
        ours.work("tx", 1)
        fields = form_fields(port)
        settle(port, fields)
        answers = {address: post(port, fields, address) for address in shuffled(known + unknown)}
    compare([answers[each] for each in known], [answers[each] for each in unknown])


def settle(port: int, fields: dict[str, str]) -> None:
    """Post until the form holds this for an attack: its page changes then, once, for everybody."""
    for number in range(limits.ATTACK_REQUESTS):
        post(port, fields, f"before{number}@example.org")
    time.sleep(limits.ATTACK_MEMORY_SECONDS)
    for number in range(limits.ATTACK_REQUESTS):
        post(port, fields, f"again{number}@example.org")


def shuffled(addresses: Sequence[str]) -> list[str]:
    """Return them in an order that is the same in each run, and favours neither kind."""
    return random.Random(_SEED).sample(addresses, len(addresses))  # noqa: S311 - no secret


def compare(known: Sequence[Answer], unknown: Sequence[Answer]) -> None:
    """Report what an observer could learn: other bytes end it, other times are weighed."""
    if len({answer.said for answer in (*known, *unknown)}) != 1:
        sys.exit("the form does not answer the same bytes to everybody")
    first, second = [a.seconds for a in known], [a.seconds for a in unknown]
    apart = abs(statistics.median(first) - statistics.median(second)) * 1000
    p = rank_test(first, second)
    goal = Goal(1, at_least=False)
    met = goal.is_met(apart) or p > SIGNIFICANT
    report.say("enumeration", apart, "ms between medians", goal, p=round(p, 3), met=met)


def rank_test(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the chance that two samples of one kind are ranked as far apart as these, or farther.

    Mann and Whitney's U by its normal approximation, two-sided; values that tie share their rank.
    """
    ranks: dict[float, float] = {}
    below = 0
    for value, tied in groupby(sorted([*first, *second])):
        count = len(list(tied))
        ranks[value] = below + (count + 1) / 2
        below += count
    n, m = len(first), len(second)
    u = sum(ranks[value] for value in first) - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


if __name__ == "__main__":
    main()
