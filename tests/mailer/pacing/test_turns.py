"""The arithmetic of turns: never closer than the rate says, never lost for good, felt at once."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from config import limits
from mailer import turns
from mailer.turns import Lane

GAPS = st.floats(0.001, 200)
PAUSES = st.lists(st.floats(0, 3), min_size=1, max_size=30)
NEAR = 1e-6
SECONDS = 20
PACK = 0.001
"""How long a sender takes from its last turn to its next draw."""


@dataclass
class Clocked:
    """A lane on a clock: several draws, one after another."""

    gap: float
    next_at: float = 0.0

    def lane(self, now: float) -> Lane:
        return Lane(self.next_at - now, self.gap)


def draw(lanes: list[Clocked], now: float, wanted: int) -> list[float]:
    taken = turns.take([lane.lane(now) for lane in lanes], wanted)
    for lane in lanes:
        lane.next_at = now + lane.lane(now).after(taken.count)
    return [now + taken.first + number * taken.gap for number in range(taken.count)]


@given(GAPS, PAUSES, st.integers(1, 500))
def test_turns_of_one_lane_are_never_closer_than_its_gap(
    gap: float, pauses: list[float], wanted: int
) -> None:
    lane, drawn = Clocked(gap), list[float]()
    for now in accumulate(pauses):
        drawn += draw([lane], now, wanted)
    assert all(after - before >= gap - NEAR for before, after in pairwise(drawn))


@given(GAPS, PAUSES, st.integers(1, 500))
def test_turns_lie_within_a_grant_of_their_draw(
    gap: float, pauses: list[float], wanted: int
) -> None:
    lane = Clocked(gap)
    for now in accumulate(pauses):
        drawn = draw([lane], now, wanted)
        assert len(drawn) <= wanted
        assert all(now - NEAR <= turn <= now + limits.GRANT_SECONDS + NEAR for turn in drawn)


@given(st.floats(0.01, 1), st.floats(0.01, 1), PAUSES, st.floats(0.1, 10))
def test_two_announcements_keep_the_rate_of_all_but_for_a_grant(
    all_gap: float, own_gap: float, pauses: list[float], span: float
) -> None:
    everything, own, drawn = Clocked(all_gap), [Clocked(own_gap), Clocked(own_gap)], list[float]()
    for number, now in enumerate(accumulate(pauses)):
        drawn += draw([everything, own[number % 2]], now, 1000)
    most = (span + limits.GRANT_SECONDS) / all_gap + 2
    assert all(sum(begin <= turn <= begin + span for turn in drawn) <= most for begin in drawn[:99])


@given(GAPS, GAPS, st.floats(0, 3))
def test_another_rate_is_felt_within_a_grant_and_one_turn(
    old: float, new: float, since: float
) -> None:
    lane, drawn = Clocked(old), list[float]()
    draw([lane], 0.0, 1000)
    lane.gap = new
    for step in range(int(new) + 4):
        drawn += draw([lane], since + step, 10)
    assert drawn[0] <= since + limits.GRANT_SECONDS + new + NEAR
    assert all(after - before >= new - NEAR for before, after in pairwise(drawn))


@given(st.floats(0.01, 1), st.integers(1, 6))
def test_several_senders_together_use_the_whole_rate(gap: float, senders: int) -> None:
    lane, drawn, wake = Clocked(gap), list[float](), [0.0] * senders
    while min(wake) < SECONDS:
        now = min(wake)
        taken = turns.take([lane.lane(now)], 1000)
        got = draw([lane], now, 1000)
        drawn += got
        wake[wake.index(now)] = got[-1] + PACK if got else now + taken.first
    assert len([turn for turn in drawn if turn < SECONDS]) >= SECONDS / (gap + PACK) - 1


@given(st.floats(-10, 2000), st.floats(0.001, 20), st.integers(0, 300))
def test_whoever_is_put_back_asks_again_after_a_grant_and_before_long(
    ahead: float, gap: float, count: int
) -> None:
    times, after = turns.put_back(Lane(ahead, gap), count)
    assert len(times) == count
    assert all(limits.GRANT_SECONDS < t <= limits.PUT_BACK_SECONDS for t in times)
    again, _ = turns.put_back(Lane(after, gap), 1)
    assert not times or abs(again[0] - times[-1] - gap) < NEAR or again[0] <= 1 + min(gap, 1) + NEAR


@given(st.floats(limits.DOMAIN_RATE_MIN, 100), st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_slowed_rate_only_rises(rate: float, quiet: float, more: float) -> None:
    risen = turns.recovered(rate, quiet)
    assert rate <= risen <= turns.recovered(rate, quiet + more)


def test_a_slowed_rate_rises_by_a_quarter_each_whole_minute() -> None:
    assert [turns.recovered(8, seconds) for seconds in (-5, 0, 59, 60, 120)] == [8, 8, 8, 10, 12.5]
