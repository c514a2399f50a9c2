"""Waits grow, spread a little, and never shrink below the wait before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import limits
from mailer import refusals, retries
from mailer.deliveries import Due
from mailer.models.deliveries import Queue
from mailer.smtp.failures import PermanentFailure, TemporaryFailure

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
luck = st.floats(0, 1, exclude_max=True)
counts = st.integers(1, 10_000)
queues = st.sampled_from(Queue)


@given(counts, queues, luck)
def test_a_wait_keeps_within_a_fifth_of_its_table(count: int, queue: Queue, by: float) -> None:
    table = retries.WAITS[queue]
    middle = table[min(count, len(table)) - 1]
    wait = (retries.next_try(count, queue, now=NOW, luck=by) - NOW).total_seconds()
    assert middle * 0.8 - 0.001 <= wait <= middle * 1.2 + 0.001


@given(counts, queues, luck, luck)
def test_the_next_wait_is_never_shorter_by_luck_within_the_table(
    count: int, queue: Queue, one: float, other: float
) -> None:
    if count < len(retries.WAITS[queue]):
        first = retries.next_try(count, queue, now=NOW, luck=one)
        assert first < retries.next_try(count + 1, queue, now=NOW, luck=other)


@given(counts, luck, luck)
def test_a_relay_is_asked_again_after_growing_waits_of_at_most_72_seconds(
    count: int, one: float, other: float
) -> None:
    first = retries.relay_next_try(count, now=NOW, luck=one)
    assert NOW < first <= NOW + timedelta(seconds=72)
    if count < len(retries.RELAY_WAITS):
        assert first <= retries.relay_next_try(count + 1, now=NOW, luck=other)


@given(queues, luck, luck)
def test_a_crowd_does_not_come_back_as_one(queue: Queue, one: float, other: float) -> None:
    waits = {round(b, 6): retries.next_try(3, queue, now=NOW, luck=b) for b in (0.0, 0.5, 0.99)}
    assert len(set(waits.values())) == 3
    earlier, later = sorted((one, other))
    assert retries.next_try(1, queue, now=NOW, luck=earlier) <= retries.next_try(
        1, queue, now=NOW, luck=later
    )


@given(st.integers(0, 50), queues, luck, st.integers(0, 200_000))
def test_a_refusal_for_now_is_tried_again_before_the_deadline_or_until_tried_often_enough(
    attempts: int, queue: Queue, by: float, left: int
) -> None:
    deadline = NOW + timedelta(seconds=left)
    due, refusal = Due(1, attempts, 0), TemporaryFailure("4.7.1", "451 later")
    outcome = refusals.outcome(due, refusal, queue=queue, now=NOW, give_up_at=deadline, luck=by)
    if outcome.state == "deferred":
        assert outcome.next_try_at is not None
        assert outcome.next_try_at > NOW
        assert outcome.next_try_at <= deadline or _is_new(attempts, queue)
    else:
        assert (outcome.state, outcome.next_try_at) == ("refused", None)
        assert retries.next_try(attempts + 1, queue, now=NOW, luck=by) > deadline
        assert not _is_new(attempts, queue)
    assert outcome.suppress is False


def _is_new(attempts: int, queue: Queue) -> bool:
    return queue is Queue.BULK and attempts + 1 < limits.TRIES_AT_LEAST


@pytest.mark.parametrize(
    ("code", "suppress"),
    [("5.1.1", True), ("5.1.0", False), ("5.1.8", False), ("5.2.2", False), ("5.7.1", False)],
)
def test_only_an_address_that_does_not_exist_is_suppressed(code: str, *, suppress: bool) -> None:
    refusal = PermanentFailure(code, f"550 {code} no")
    outcome = refusals.outcome(
        Due(1, 0, 0), refusal, queue=Queue.BULK, now=NOW, give_up_at=NOW, luck=0
    )
    assert (outcome.state, outcome.suppress) == ("refused", suppress)
