"""The sliding window against a model: every window of every course of draws holds at most its mails."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config import limits
from mailer.windows import LATE, Window
from tests.builders import NOW

WINDOWS = st.builds(Window, mails=st.integers(1, 30), seconds=st.sampled_from([10, 11, 150]))
DRAWS = st.lists(
    st.tuples(
        # Seconds since the draw before: less than none where two hosts commit in another order, and
        # about as long as a window, where a fault would show.
        st.sampled_from([-1.5, 0, 0.1, 1, 2, 9.5, 10, 10.5, 11, 11.5, 12, 13]),
        st.sampled_from([7, 50]),
        st.sampled_from([0, 0.1, LATE.total_seconds()]),  # how late its turns are used
        st.booleans(),
    ),
    max_size=20,
)
Draws = list[tuple[float, int, float, bool]]


def use(window: Window, draws: Draws) -> list[datetime]:
    """Draw as several senders do, each waiting for the lock; return when each mail left."""
    counts, now, left = dict[datetime, int](), NOW, list[datetime]()
    for pause, wanted, late, single in draws:
        now += timedelta(seconds=pause)
        slots = sorted((end, n) for end, n in counts.items() if end > window.since(now))
        room, _ = window.room(slots, now=now, reserve=not single)
        taken = min(room, wanted)
        counts[window.slot(now)] = counts.get(window.slot(now), 0) + taken
        left += [now + timedelta(seconds=late)] * taken
    return sorted(left)


@given(WINDOWS, DRAWS)
def test_no_window_of_that_length_ever_holds_more(window: Window, draws: Draws) -> None:
    left = use(window, draws)
    span = timedelta(seconds=window.seconds)
    assert all(
        sum(begin <= other <= begin + span for other in left) <= window.mails for begin in set(left)
    )


@given(window=WINDOWS, draws=DRAWS, reserve=st.booleans())
def test_a_full_window_says_when_there_is_room_and_then_there_is(
    window: Window, draws: Draws, *, reserve: bool
) -> None:
    slots = sorted({window.slot(NOW + timedelta(seconds=d[0])): d[1] for d in draws}.items())
    slots = [(end, n) for end, n in slots if end > window.since(NOW)]
    room, wait = window.room(slots, now=NOW, reserve=reserve)
    assert (room > 0) == (wait == 0)
    later = NOW + timedelta(seconds=wait)
    kept = [(end, n) for end, n in slots if end > window.since(later)]
    assert window.room(kept, now=later, reserve=reserve)[0] > 0


@given(WINDOWS)
def test_slots_are_a_second_or_a_sixtieth_long(window: Window) -> None:
    length = window.slot(NOW + timedelta(seconds=window.seconds)) - window.slot(NOW)
    assert NOW < window.slot(NOW) <= NOW + timedelta(seconds=max(1, window.seconds / 60 + 1))
    assert length >= timedelta(seconds=window.seconds - window.seconds / 60 - 1)


def test_announcements_leave_room_for_confirmations() -> None:
    window = Window(mails=100, seconds=3600)
    slots = [(window.slot(NOW), 95)]
    assert window.room(slots, now=NOW, reserve=True)[0] == 0
    assert window.room(slots, now=NOW, reserve=False) == (5, 0.0)
    assert Window(1, 3600).room([], now=NOW, reserve=True) == (1, 0.0)
    assert Window(2, 3600).room([], now=NOW, reserve=True) == (1, 0.0)
    assert Window(39, 3600).room([], now=NOW, reserve=True) == (38, 0.0)


def test_an_hour_costs_only_seconds_of_margin() -> None:
    window = Window(mails=10, seconds=3600)
    _, wait = window.room([(window.slot(NOW), 10)], now=NOW, reserve=False)
    assert 3600 < wait <= 3600 + 60 + 2 * limits.GRANT_SECONDS
