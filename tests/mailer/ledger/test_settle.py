"""Settling and giving back: facts stand, a batch is closed when nothing in it is left."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from config import limits
from db.base import db
from db.session import transaction
from mailer import claims, deliveries
from mailer.deliveries import Outcome
from mailer.models.deliveries import FINAL, DeliveryState
from tests.mailer.ledger.conftest import (
    Announce,
    accepted,
    batch,
    claim,
    claimed,
    deferred,
    delivery,
    expire_leases,
    now,
    progress,
    release,
    settle,
    states,
    window,
)

outcomes = st.builds(
    Outcome,
    st.just(1),
    st.sampled_from(DeliveryState),
    reason=st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=400),
    next_try_at=st.none() | st.just(now() + timedelta(hours=1)),
    offered=st.booleans(),
    doubt=st.booleans(),
)


@given(sequence=st.lists(outcomes, min_size=1, max_size=6))
@example(sequence=[*accepted(1), Outcome(1, DeliveryState.REFUSED)])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_accepted_is_never_undone(app: Flask, announced: Announce, sequence: list[Outcome]) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("TRUNCATE delivery, batch, outbox_mail RESTART IDENTITY"))
        connection.execute(text("INSERT INTO delivery DEFAULT VALUES"))
    was_accepted = False
    for outcome in sequence:
        with transaction() as session:
            deliveries.settle_unfenced(session, [outcome])
        was_accepted |= outcome.state is DeliveryState.ACCEPTED
        assert not was_accepted or states() == ["accepted"]
    said = [outcome.state.value for outcome in sequence if outcome.says_something]
    assert was_accepted or states() == (said or ["queued"])[-1:]


def test_each_offer_is_counted_and_each_doubt(announced: Announce) -> None:
    announced(3)
    held = claimed()
    window(held)
    untried = Outcome(2, DeliveryState.QUEUED, offered=False)
    doubt = Outcome(3, DeliveryState.QUEUED, reason="it hung up", doubt=True)
    settle(held, deferred(1), untried, doubt)
    counted = [(d.attempts, d.doubts) for d in map(delivery, (1, 2, 3))]
    assert counted == [(1, 0), (0, 0), (1, 1)]
    assert states() == ["deferred", "queued", "queued"]


def test_a_long_answer_is_cut(announced: Announce) -> None:
    announced(1)
    held = claimed()
    window(held)
    settle(held, Outcome(1, DeliveryState.REFUSED, reason="й" * 1000))
    assert delivery(1).reason == "й" * limits.REASON_LENGTH


def test_settling_nothing_keeps_the_lease(announced: Announce) -> None:
    announced(1)
    held = claimed()
    expire_leases()
    assert settle(held) is True
    assert claim() is None


def test_a_batch_with_everything_final_is_closed(announced: Announce) -> None:
    announced(4)
    held = claimed()
    window(held)
    finals = sorted(FINAL)
    settle(held, *(Outcome(n, state) for n, state in enumerate(finals, 1)))
    assert release(held) is True
    closed = batch(held.batch_id)
    assert closed.closed_at is not None
    assert (closed.holder, closed.leased_until) == (None, None)
    assert claim() is None


def test_a_closed_batch_cannot_be_renewed(announced: Announce) -> None:
    announced(1)
    held = claimed()
    settle(held, *accepted(*window(held)))
    release(held)
    with pytest.raises(claims.LeaseLost), transaction() as session:
        claims.renew(session, held)


def test_a_batch_with_work_left_is_due_at_once(announced: Announce) -> None:
    announced(2)
    held = claimed()
    window(held)
    settle(held, deferred(1))
    assert release(held) is False
    assert claimed().batch_id == held.batch_id


def test_a_batch_of_deferred_mail_is_due_with_the_first_of_it(announced: Announce) -> None:
    announced(3)
    held = claimed()
    window(held)
    settle(held, deferred(1, seconds=900), deferred(2, seconds=300), *accepted(3))
    assert release(held) is False
    assert batch(held.batch_id).due_at == delivery(2).next_try_at
    assert claim() is None


@pytest.mark.parametrize(("hold", "due"), [(60, 300), (900, 900)])
def test_a_batch_is_held_back_while_the_relay_is_away(
    announced: Announce, hold: int, due: int
) -> None:
    announced(1)
    held, at = claimed(), now()
    window(held)
    settle(held, Outcome(1, DeliveryState.DEFERRED, next_try_at=_in(at, 300)))
    release(held, due_at=_in(at, hold))
    assert batch(held.batch_id).due_at == _in(at, due)


def _in(at: datetime, seconds: int) -> datetime:
    return at + timedelta(seconds=seconds)


def test_a_batch_that_is_final_is_closed_though_the_relay_is_away(announced: Announce) -> None:
    announced(1)
    held = claimed()
    settle(held, *accepted(*window(held)))
    assert release(held, due_at=_in(now(), 60)) is True


@pytest.mark.parametrize("resend", [True, False])
def test_what_a_lost_holder_left_is_in_doubt_and_sent_once_more_at_most(
    announced: Announce, *, resend: bool
) -> None:
    id_ = announced(2)
    after = list[list[str]]()
    window(claimed())
    for _ in range(2):
        expire_leases()
        held = claimed(resend=resend)
        after.append(states())
        window(held)
    assert after[0] == (["queued"] * 2 if resend else ["uncertain"] * 2)
    assert after[1] == ["uncertain"] * 2
    assert progress(id_).perhaps_twice == [1, 2]


def test_taking_over_a_batch_in_which_nothing_was_offered_doubts_nothing(
    announced: Announce,
) -> None:
    id_ = announced(2)
    claimed()
    expire_leases()
    claimed()
    assert states() == ["queued", "queued"]
    assert progress(id_).perhaps_twice == []


def test_the_equation_holds_only_when_nothing_is_left(announced: Announce) -> None:
    id_ = announced(3)
    held = claimed()
    ids = window(held)
    settle(held, *accepted(*ids[:2]), deferred(ids[2]))
    assert not progress(id_).closes
    settle(held, Outcome(ids[2], DeliveryState.REFUSED))
    assert progress(id_).closes
    assert progress(id_).as_json()["equation_holds"] is True
