"""The script: which rule applies when, to whom, and how often."""

from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.sink.rules import Phase, Rule, Script

AMIRA, BORIS = "amira@example.org", "boris@example.org"
LATER = "450 4.7.1 later"


def applied(script: Script, times: int, phase: Phase = "rcpt", to: str | None = AMIRA) -> list[int]:
    """Return the occurrences, from 1, at which a rule of the script applies."""
    return [n for n in range(1, times + 1) if script.choose(phase, to, 0)[1] is not None]


def test_a_rule_applies_in_its_phase_only() -> None:
    script = Script([Rule("rcpt", "drop")])
    assert applied(script, 3) == [1, 2, 3]
    assert applied(script, 3, "dot") == []


def test_a_rule_may_be_for_some_recipients() -> None:
    script = Script([Rule("rcpt", "drop", recipient="amira@*")])
    assert applied(script, 2) == [1, 2]
    assert applied(script, 2, to="AMIRA@EXAMPLE.ORG") == [1, 2]
    assert applied(script, 2, to=BORIS) == []
    assert applied(script, 2, to=None) == []


def test_a_rule_may_be_for_some_occurrences() -> None:
    assert applied(Script([Rule("rcpt", "drop", ordinals=(2, 4))]), 5) == [2, 4]


def test_greylisting_is_the_first_tries_of_each_recipient() -> None:
    script = Script([Rule("rcpt", "reply", LATER, first=2)])
    assert applied(script, 4, to=AMIRA) == [1, 2]
    assert applied(script, 4, to=BORIS) == [1, 2]


def test_a_rule_may_wait_for_so_many_messages() -> None:
    script = Script([Rule("mail", "drop", after=3)])
    assert [n for n in range(6) if script.choose("mail", None, n)[1]] == [3, 4, 5]


def test_delays_add_up_before_the_first_other_rule() -> None:
    waits = [Rule("dot", "delay", seconds=1), Rule("dot", "delay", seconds=2)]
    drop, late = Rule("dot", "drop"), Rule("dot", "stall")
    assert Script([*waits, drop, late]).choose("dot", AMIRA, 0) == (3, drop)


@given(st.integers(), st.floats(0, 1))
def test_the_same_seed_throws_the_same_dice(seed: int, probability: float) -> None:
    rules = [Rule("rcpt", "drop", probability=probability)]
    assert applied(Script(rules, seed), 50) == applied(Script(rules, seed), 50)


def test_probability_lies_between_never_and_always() -> None:
    assert applied(Script([Rule("rcpt", "drop", probability=0)]), 50) == []
    assert 10 < len(applied(Script([Rule("rcpt", "drop", probability=0.5)], 7), 50)) < 40


@pytest.mark.parametrize(
    ("rule", "keeps"),
    [
        (Rule("dot", "drop"), False),
        (Rule("dot", "drop", keep=True), True),
        (Rule("dot", "stall"), False),
        (Rule("dot", "drip"), True),
        (Rule("dot", "reply", "250 taken"), True),
        (Rule("dot", "reply", LATER), False),
        (Rule("dot", "reply", LATER, keep=True), True),
    ],
)
def test_a_rule_says_whether_the_message_is_kept(rule: Rule, *, keeps: bool) -> None:
    assert rule.keeps is keeps


@pytest.mark.parametrize(
    "text",
    [
        '[{"phase": "rcpt", "action": "reply", "text": "450 4.7.1 later", "ordinals": [2]}]',
        '{"rules": [{"phase": "rcpt", "action": "reply", "text": "450 4.7.1 later", "ordinals": [2]}]}',
    ],
)
def test_a_script_is_read_from_json(text: str) -> None:
    assert Script.parse(text).rules == (Rule("rcpt", "reply", LATER, ordinals=(2,)),)


@pytest.mark.parametrize(
    "text",
    [
        '[{"phase": "lunch", "action": "drop"}]',
        '[{"phase": "dot", "action": "sulk"}]',
        '[{"phase": "dot", "action": "drop", "mood": 1}]',
        '[{"phase": "dot"}]',
        "not json",
    ],
)
def test_a_script_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        Script.parse(text)


def test_greylisting_may_last_for_a_time_after_the_first_try() -> None:
    script = Script([Rule("rcpt", "reply", LATER, lasting=0.05)])
    assert applied(script, 2, to=AMIRA) == [1, 2]
    sleep(0.06)
    assert applied(script, 1, to=BORIS) == [1]
    assert applied(script, 2, to=AMIRA) == []


def test_a_script_counts_what_it_did() -> None:
    script = Script([Rule("rcpt", "delay", seconds=1), Rule("rcpt", "drop", ordinals=(2,))])
    assert applied(script, 3) == [2]
    assert script.struck == 1
