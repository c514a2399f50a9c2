"""Which of several relays a batch goes through: by weight, and never all at once through one that is away."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from config import limits
from db.session import transaction
from mailer import relays
from mailer.relays import Choice
from tests.builders import NOW

BOTH = {"a.example.org:25": 3, "b.example.org:25": 1}
A, B = BOTH
WEIGHTS = st.dictionaries(st.text(max_size=3), st.integers(1, 1000), min_size=1, max_size=5)


def choose(seconds: float, luck: float = 0.0, **only: int) -> Choice:
    now = NOW + timedelta(seconds=seconds)
    with transaction() as session:
        return relays.choose(session, only or BOTH, luck=luck, now=now)


def silent(relay: str, seconds: float = 0, *, probe: bool = False) -> float:
    """Find a relay silent; return in how many seconds from NOW it is asked again."""
    now = NOW + timedelta(seconds=seconds)
    with transaction() as session:
        until = relays.mark_away(session, relay, reason="x", now=now, luck=0.5, probe=probe)
    return (until - NOW).total_seconds()


@given(WEIGHTS)
def test_each_is_drawn_as_often_as_it_weighs(weights: dict[str, int]) -> None:
    whole = sum(weights.values())
    drawn = Counter(relays.draw(weights, luck=(n + 0.5) / whole) for n in range(min(whole, 500)))
    assert whole > 500 or drawn == weights


@given(WEIGHTS, st.floats(0, 1, exclude_max=True))
def test_any_luck_draws_one_of_them(weights: dict[str, int], luck: float) -> None:
    assert relays.draw(weights, luck=luck) in weights


def test_relays_that_answer_share_by_weight(app: Flask) -> None:
    assert [choose(0, luck).relay for luck in (0, 0.74, 0.76)] == [A, A, B]


def test_one_that_is_away_is_passed_over(app: Flask) -> None:
    silent(A)
    assert choose(1, 0.0) == Choice(B)


def test_one_whose_wait_is_over_is_tried_by_one_batch(app: Flask) -> None:
    over = silent(A)
    assert choose(over) == Choice(A, probe=True)
    assert [choose(over + later).relay for later in (0, 1, 59)] == [B, B, B]
    assert choose(over + limits.RELAY_PROBE_SECONDS) == Choice(A, probe=True)


def test_workers_that_choose_at_once_send_one_to_try(app: Flask) -> None:
    over = silent(A)

    def work(_: int) -> Choice:
        with app.app_context():
            return choose(over)

    with ThreadPoolExecutor(4) as pool:
        assert sum(choice.probe for choice in pool.map(work, range(4))) == 1


def test_only_who_tried_it_lengthens_the_wait_of_the_next_round(app: Flask) -> None:
    over = silent(A)
    choose(over)
    assert silent(A, over) == over + limits.RELAY_PROBE_SECONDS
    assert silent(A, over, probe=True) == over + 5


def test_none_that_answers_says_when_one_may_be_asked(app: Flask) -> None:
    first, _ = silent(A), silent(B, 30)
    assert choose(1) == Choice(None, again_at=NOW + timedelta(seconds=1 + 2))
    silent(A, first)
    assert choose(first).again_at == NOW + timedelta(seconds=first + 5)


def test_a_single_relay_that_is_being_tried_is_waited_for(app: Flask) -> None:
    over = silent("only")
    assert choose(over, only=1).probe
    again = NOW + timedelta(seconds=over + limits.RELAY_PROBE_SECONDS)
    assert choose(over, only=1) == Choice(None, again_at=again)


def test_a_try_that_had_nothing_to_send_is_given_back(app: Flask) -> None:
    over = silent(A)
    choose(over)
    with transaction() as session:
        relays.give_back(session, A, now=NOW + timedelta(seconds=over))
    assert choose(over).probe


def test_the_sweeper_may_ask_without_choosing(app: Flask) -> None:
    over = silent(A)
    with transaction() as session:
        assert relays.may_try(session, BOTH, now=NOW)
        assert not relays.may_try(session, [A], now=NOW)
        assert relays.may_try(session, [A], now=NOW + timedelta(seconds=over))


def test_one_that_is_back_takes_its_share_again(app: Flask) -> None:
    silent(A)
    with transaction() as session:
        relays.mark_back(session, A)
    assert choose(0) == Choice(A)
