"""Claiming: a batch is one worker's alone, until its lease runs out."""

import threading
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from db.base import db
from db.session import transaction
from mailer import claims, deliveries, outbox, relays
from mailer.claims import Claim, LeaseLost
from mailer.models.deliveries import Batch, Queue
from tests.cast import AMIRA
from tests.mailer.ledger.conftest import (
    RELAY,
    Announce,
    accepted,
    batch,
    claim,
    claimed,
    deferred,
    expire_leases,
    now,
    release,
    settle,
    states,
    window,
)


def _mail() -> int:
    with transaction() as session:
        return outbox.queue(
            session,
            template="confirm",
            address=AMIRA,
            language="en",
            context={},
            now=now(),
            expires_at=now() + timedelta(days=1),
        )


def _due(queue: Queue = Queue.BULK, *, limit: int = 100) -> int:
    with transaction() as session:
        return claims.due_batches(session, queue, limit=limit)


def test_eight_threads_claim_each_batch_once(app: Flask, announced: Announce) -> None:
    announced(40, size=2)
    together, got = threading.Barrier(8), list[Claim]()

    def work() -> None:
        with app.app_context():
            together.wait()
            while (held := claim()) is not None:
                got.append(held)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Counter(held.batch_id for held in got).values()) == {1}
    assert len(got) == 20
    assert len({held.holder for held in got}) == 20


@pytest.mark.timeout(30)
def test_a_claim_that_is_not_committed_yet_is_stepped_over(announced: Announce) -> None:
    announced(4, size=2)
    with transaction() as first:
        held = claims.claim(first, Queue.BULK, holder=UUID(int=1))
        other = claim()
        assert held is not None
        assert other is not None
        assert claim() is None
    assert held.batch_id != other.batch_id


def test_the_batch_that_has_been_due_longest_is_claimed_first(announced: Announce) -> None:
    announced(6, size=2)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE batch SET due_at = now() - make_interval(secs => id % 3)"))
    assert [claimed().batch_id for _ in range(3)] == [2, 1, 3]


def test_what_is_not_due_yet_is_not_claimed(announced: Announce) -> None:
    announced(2)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE batch SET due_at = now() + interval '1 minute'"))
    assert (claim(), _due()) == (None, 0)


def test_after_its_lease_another_takes_it_over(announced: Announce) -> None:
    announced(2)
    first = claimed()
    assert claim() is None
    expire_leases()
    second = claimed()
    assert second.batch_id == first.batch_id
    assert second.holder != first.holder
    assert batch(first.batch_id).claims == 2


def test_the_holder_that_lost_its_lease_can_do_nothing_more(announced: Announce) -> None:
    announced(2)
    lost = claimed()
    window(lost)
    expire_leases()
    claimed()
    for act in (claims.renew, lambda s, c: deliveries.window(s, c, after=0)):
        with pytest.raises(LeaseLost), transaction() as session:
            act(session, lost)


def test_a_lease_that_ran_out_but_was_not_taken_can_be_renewed(announced: Announce) -> None:
    announced(2)
    held = claimed()
    expire_leases()
    with transaction() as session:
        claims.renew(session, held)
    assert claim() is None


def test_the_old_holder_settles_facts_and_nothing_else(announced: Announce) -> None:
    announced(3)
    lost = claimed()
    ids = window(lost)
    expire_leases()
    claimed()
    assert settle(lost, *accepted(ids[0]), deferred(ids[1])) is False
    assert states() == ["accepted", "queued", "queued"]


def test_the_old_holder_cannot_give_back_what_another_holds(announced: Announce) -> None:
    announced(2)
    lost = claimed()
    expire_leases()
    held = claimed()
    release(lost)
    assert batch(held.batch_id).holder == held.holder
    assert claim() is None


def test_no_more_batches_are_held_at_once_than_connections_are_allowed(
    announced: Announce,
) -> None:
    announced(6, size=2)
    for number in (1, 2):
        assert _claim_with(connections=2, holder=number) is not None
    assert _claim_with(connections=2, holder=3) is None
    assert _claim_with(connections=3, holder=3) is not None


def test_a_lease_that_ran_out_holds_no_connection(announced: Announce) -> None:
    announced(4, size=2)
    assert _claim_with(connections=1, holder=1) is not None
    expire_leases()
    assert _claim_with(connections=1, holder=2) is not None


def _claim_with(*, connections: int, holder: int) -> Claim | None:
    with transaction() as session:
        return claims.claim(session, Queue.BULK, holder=UUID(int=holder), connections=connections)


def test_several_workers_meeting_one_silence_lengthen_the_wait_once(announced: Announce) -> None:
    at = now()
    with transaction() as session:
        waits = [
            relays.mark_away(session, RELAY, reason="x" * 999, now=at, luck=0.5) for _ in range(4)
        ]
    with transaction() as session:
        away = relays.away(session)
    with transaction() as session:
        later = relays.mark_away(session, RELAY, reason="", now=waits[0], luck=0.5)
    assert set(waits) == {at + timedelta(seconds=2)}
    assert away is not None
    assert (away.failures, away.away_since, len(away.reason or "")) == (1, at, 300)
    assert later == waits[0] + timedelta(seconds=5)


def test_confirmations_and_announcements_do_not_mix(announced: Announce) -> None:
    announced(2)
    mail = _mail()
    assert (_due(Queue.TX), _due(Queue.BULK)) == (1, 1)
    quick, bulk = claimed(Queue.TX), claimed(Queue.BULK)
    assert (claim(Queue.TX), claim(Queue.BULK)) == (None, None)
    assert window(quick) == [mail]
    assert mail not in window(bulk)


@pytest.mark.parametrize("state", ["in review", "approved", "preparing", "finished", "cancelled"])
def test_only_an_announcement_that_is_sending_is_claimed(announced: Announce, state: str) -> None:
    announced(2)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE announcement SET state = :state"), {"state": state})
    assert (claim(), _due()) == (None, 0)


def test_what_is_counted_as_due_is_what_can_be_claimed(announced: Announce) -> None:
    announced(10, size=2)
    done = claimed()
    settle(done, *accepted(*window(done)))
    release(done)
    assert (_due(), _due(limit=3)) == (4, 3)
    claims = 0
    while claim() is not None:
        claims += 1
        assert _due() == 4 - claims
    assert claims == 4


def test_a_batch_of_another_announcement_in_the_same_range_is_left_alone(
    announced: Announce,
) -> None:
    announced(4, size=4)
    with transaction() as session:
        held = session.scalars(select(Batch)).one()
        assert (held.first_delivery_id, held.last_delivery_id) == (1, 4)
        session.execute(text("UPDATE batch SET last_delivery_id = 99"))
    mail = _mail()
    ids = window(claimed())
    assert (ids, states([mail])) == ([1, 2, 3, 4], ["queued"])


@pytest.mark.parametrize("believed", [0, 1])
def test_one_batch_is_claimed_however_few_the_planner_believes_there_are(
    announced: Announce, believed: int
) -> None:
    announced(12, size=1)
    with transaction() as session:
        session.execute(text("CREATE TEMP TABLE every ON COMMIT DROP AS SELECT * FROM batch"))
        session.execute(text("DELETE FROM batch WHERE id > :believed"), {"believed": believed})
        session.execute(text("ANALYZE batch, announcement"))
        rest = "INSERT INTO batch OVERRIDING SYSTEM VALUE SELECT * FROM every WHERE id > :believed"
        session.execute(text(rest), {"believed": believed})
        assert claims.claim(session, Queue.BULK, holder=uuid4()) is not None
        held = session.scalar(text("SELECT count(*) FROM batch WHERE holder IS NOT NULL"))
    assert held == 1
