"""A process that stood still past its lease: what it woke up in may be somebody else's by now."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from config import limits
from db.session import transaction
from mailer import claims, epochs
from mailer.journal import Journal
from mailer.leases import Lease, clock
from mailer.models.deliveries import Epoch, Queue
from mailer.sending import Office
from sandbox.sink.server import Sink
from tests.mailer.ledger.conftest import (
    accepted,
    at_hand,
    claimed,
    expire_leases,
    now,
    states,
    window,
)
from tests.mailer.sending.conftest import received, send_all

Open = Callable[..., Office]
Announce = Callable[[int], int]


def test_a_lease_is_held_as_long_as_it_was_renewed_for() -> None:
    lease = Lease()
    lease.renewed(clock())
    lease.hold()
    lease.renewed(clock() - limits.LEASE_SECONDS)
    with pytest.raises(claims.LeaseLost):
        lease.hold()


def test_whose_lease_ran_out_offers_nothing(
    open_office: Open, announced: Announce, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced(3)
    monkeypatch.setattr("mailer.leases.limits.LEASE_SECONDS", 0)
    assert open_office().send_batch(Queue.BULK, stop_at=monotonic() + 30)
    assert sink.accepted == []
    monkeypatch.undo()
    expire_leases()
    send_all(open_office())
    assert set(received(sink).values()) == {1}
    assert (states(), at_hand()) == (["accepted"] * 3, [])


@pytest.mark.parametrize(("since", "state"), [(7, "accepted"), (8, "queued")])
def test_a_journal_from_before_the_database_was_restored_speaks_of_another_one(
    open_office: Open, announced: Announce, tmp_path: Path, since: int, state: str
) -> None:
    announced(2)
    held = claimed()
    window(held)
    notes = Journal(tmp_path / "journal", held.holder, epoch=7)
    notes.reply(accepted(1)[0])
    notes.abandon()
    with transaction() as session:
        session.add(Epoch(id=1, number=9, beat_at=now(), since=since))
    open_office().recover()
    assert states() == [state, "queued"]


def test_trusting_a_copy_makes_older_journals_another_ones(
    announced: Announce, tmp_path: Path
) -> None:
    announced(1)
    with transaction() as session:
        epochs.trust(session, folder=tmp_path, now=now())
    with transaction() as session:
        assert epochs.since(session) == epochs.highest(tmp_path) > 0
