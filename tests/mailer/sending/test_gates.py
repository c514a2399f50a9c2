"""The gate before each message: staff's word is asked for once a second, and turns are kept to."""

from time import monotonic

import pytest

from config import limits
from mailer.gates import WatchedGate
from mailer.paces import Grant

FAR = 3_600
FREE = Grant(9, 0.0, 0.0, unlimited=True)


class Desk:
    """Gives out words and grants, the last of each again and again, and remembers what was asked."""

    def __init__(self, *grants: Grant, words: tuple[bool, ...] = (True,)) -> None:
        self.grants, self.words = list(grants), list(words)
        self.wanted: list[int] = []
        self.looks = 0

    def look(self) -> bool:
        self.looks += 1
        return self.words.pop(0) if len(self.words) > 1 else self.words[0]

    def draw(self, wanted: int) -> Grant:
        self.wanted.append(wanted)
        return self.grants.pop(0) if len(self.grants) > 1 else self.grants[0]

    def gate(self, seconds: float = FAR) -> WatchedGate:
        return WatchedGate(self.look, self.draw, stop_at=monotonic() + seconds)


def test_without_a_limit_it_stands_open_and_asks_once_a_second() -> None:
    desk = Desk(FREE)
    gate = desk.gate()
    assert all(gate.opens(9) for _ in range(1000))
    assert gate.is_open()
    assert (desk.looks, desk.wanted) == (1, [9])


def test_it_shuts_for_good_once_staff_say_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOOK_SECONDS", 0.0)
    gate = Desk(FREE, words=(True, False, True)).gate()
    assert [gate.opens(1) for _ in range(4)] == [True, False, False, False]
    assert gate.stopped


def test_it_shuts_when_time_is_up() -> None:
    gate = Desk(FREE).gate(seconds=-1)
    assert not gate.opens(1)
    assert gate.stopped


def test_as_many_pass_as_turns_were_drawn_and_then_more_are_drawn() -> None:
    desk = Desk(Grant(3, 0.0, 0.0), Grant(2, 0.0, 0.0), FREE)
    gate = desk.gate()
    assert all(gate.opens(left) for left in (9, 8, 7, 6, 5, 4))
    assert desk.wanted == [9, 6, 4]


def test_turns_are_waited_for() -> None:
    gate = Desk(Grant(3, 0.02, 0.03)).gate()
    began = monotonic()
    assert all(gate.opens(3) for _ in range(3))
    assert monotonic() - began >= 0.08


def test_a_turn_far_away_is_not_thrown_away_by_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOOK_SECONDS", 0.01)
    desk = Desk(Grant(1, 0.1, 1.0))
    assert desk.gate().opens(1)
    assert desk.looks > 3
    assert desk.wanted == [1]


def test_a_turn_whose_time_is_long_past_is_void() -> None:
    desk = Desk(Grant(2, 0.0, 0.0), FREE)
    gate = desk.gate()
    assert gate.opens(2)
    gate._next_at -= 2 * limits.GRANT_SECONDS  # noqa: SLF001 - as after a relay that was slow
    assert gate.opens(1)
    assert desk.wanted == [2, 1]


def test_where_turns_are_kept_no_envelope_travels_ahead() -> None:
    gate = Desk(Grant(5, 0.0, 0.0)).gate()
    assert gate.opens(5)
    assert not gate.is_open()


def test_no_turn_now_means_to_ask_again_when_there_is_one() -> None:
    desk = Desk(Grant(0, 0.05, 0.0), Grant(1, 0.0, 0.0))
    assert desk.gate().opens(1)
    assert len(desk.wanted) == 2


def test_a_limit_that_is_lifted_is_felt_though_the_next_turn_was_far_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LOOK_SECONDS", 0.05)
    desk = Desk(Grant(0, 3_600.0, 0.0), FREE)
    assert desk.gate().opens(1)
    assert len(desk.wanted) == 2
