"""Turns: the arithmetic of pacing, without a clock and without a database. All times are seconds from now.

A lane gives one turn each `gap` seconds, and its `ahead` is when the next one is: in the past where it was
idle, which earns nothing (GCRA with no burst; ITU-T I.371 calls it virtual scheduling).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from config import limits

_MINUTE = 60.0
_RECOVERY = 1.25
"""What a slowed rate is multiplied by in each quiet minute."""
_NEAR = 1e-5
"""What binary fractions and the microseconds of a row may be off, as a share of a turn."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One limit that turns are drawn from: its next turn in `ahead` seconds, each `gap` after the last."""

    ahead: float
    gap: float

    @property
    def first(self) -> float:
        """When its next turn is.

        No turn is ever given further ahead than a grant, so a later one can only stem from a lower rate
        than today's: a raised rate is felt at once.
        """
        return min(max(self.ahead, 0.0), limits.GRANT_SECONDS + self.gap)

    def after(self, count: int) -> float:
        """Return when its next turn is once `count` were drawn."""
        return self.first + count * self.gap


@dataclass(frozen=True, slots=True)
class Taken:
    """So many turns, the first in so many seconds, the others a gap apart; with none, when to ask again."""

    count: int
    first: float
    gap: float


def take(lanes: Sequence[Lane], wanted: int) -> Taken:
    """Return the turns that all lanes (one or more) have within a grant from now, at most `wanted`."""
    first, gap = max(lane.first for lane in lanes), max(lane.gap for lane in lanes)
    horizon = limits.GRANT_SECONDS
    if first > horizon:
        # Half of the next grant is free by then: several senders share a rate by a few draws a second.
        return Taken(0, first - horizon / 2, gap)
    return Taken(min(wanted, 1 + math.floor((horizon - first) / gap + _NEAR)), first, gap)


def put_back(lane: Lane, count: int) -> tuple[list[float], float]:
    """Return when `count` mails that got no turn ask again, and when the next one after them does.

    They ask at the pace of the lane, one behind the other; past PUT_BACK_SECONDS the round begins anew,
    so that a lane which became faster finds somebody waiting.
    """
    times, ahead = [], lane.ahead
    for _ in range(count):
        if not limits.GRANT_SECONDS < ahead <= limits.PUT_BACK_SECONDS:
            ahead = limits.GRANT_SECONDS + min(lane.gap, 1.0)
        times.append(ahead)
        ahead += lane.gap
    return times, ahead


def recovered(per_second: float, quiet: float) -> float:
    """Return what a slowed rate has risen to after `quiet` seconds: a quarter more each whole minute."""
    # A day of minutes is beyond any rate, and within what a float holds.
    minutes = min(max(quiet, 0.0) // _MINUTE, 1440.0)
    return float(per_second * _RECOVERY**minutes)
