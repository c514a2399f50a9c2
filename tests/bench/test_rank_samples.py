"""The rank test behind the measurement of enumeration knows one kind from two."""

import pytest

from bench.enumeration import rank_test


def test_a_sample_beside_itself_is_one_kind() -> None:
    sample = [float(number) for number in range(500)]
    assert rank_test(sample, sample) == pytest.approx(1)


def test_samples_that_never_meet_are_two_kinds() -> None:
    first = [float(number) for number in range(100)]
    assert rank_test(first, [value + 1000 for value in first]) < 1e-9


def test_values_that_tie_share_their_rank() -> None:
    assert rank_test([1.0] * 50, [1.0] * 50) == pytest.approx(1)


def test_a_small_case_has_the_chance_worked_out_by_hand() -> None:
    # U = 1 of 9 pairs, 4.5 expected with a deviation of 2.29: z = -1.53.
    assert rank_test([1, 2, 3], [2.5, 4, 5]) == pytest.approx(0.1266, abs=1e-4)
