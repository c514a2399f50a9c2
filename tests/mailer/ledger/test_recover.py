"""Recovery: the ledger says what the dead holder's journal says, and saying it again changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from config import limits
from db.session import KEYRING, transaction
from mailer import claims, journal, recovery
from mailer.claims import Claim
from mailer.composing import Composer
from mailer.deliveries import Outcome
from mailer.journal import Journal, Orphan
from mailer.models.deliveries import Delivery, DeliveryState, Queue
from mailer.models.subscribers import Subscriber
from mailer.sending import Office
from mailer.smtp.relay import Relay
from mailer.wire import Wires
from sandbox.sink.server import Sink
from tests.mailer.ledger.conftest import (
    Announce,
    accepted,
    batch,
    claimed,
    deferred,
    delivery,
    expire_leases,
    now,
    progress,
    settle,
    states,
    window,
)
from tests.mailer.ledger.test_journal import full_disk
from wiring.core import CORE


def recover(folder: Path, *, resend: bool = True, keep: bool = False) -> list[Orphan]:
    """Judge the journals of the dead; `keep` dies before they are removed."""
    with journal.orphans(folder) as found:
        for orphan in found:
            with transaction() as session:
                recovery.recover(session, orphan, resend=resend, now=now())
        if keep:
            for orphan in found:
                path = folder / f"{orphan.holder}.journal"
                path.rename(path.with_suffix(".kept"))
    for kept in folder.glob("*.kept"):
        kept.rename(kept.with_suffix(".journal"))
    return found


def dead(folder: Path, *, offered: tuple[int, ...] = (), said: tuple[Outcome, ...] = ()) -> Claim:
    """Claim a batch, mark its first window, note this much, and die."""
    held = claimed()
    window(held)
    notes = Journal(folder, held.holder)
    for number in offered:
        notes.offer(number)
    for outcome in said:
        notes.reply(outcome)
    notes.abandon()
    return held


def rows() -> list[tuple[str, int, int]]:
    """Return what the ledger says of each delivery."""
    with transaction() as session:
        found = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    return [(d.state.value, d.attempts, d.doubts) for d in found]


def test_answers_are_facts_an_offer_is_in_doubt_the_rest_was_never_offered(
    announced: Announce, tmp_path: Path
) -> None:
    id_ = announced(5)
    refused = Outcome(2, DeliveryState.REFUSED, reason="5.7.1 no")
    held = dead(tmp_path, offered=(1, 2, 3, 4), said=(*accepted(1), refused, deferred(3)))
    recover(tmp_path)
    assert rows() == [
        ("accepted", 1, 0),
        ("refused", 1, 0),
        ("deferred", 1, 0),
        ("queued", 0, 1),
        ("queued", 0, 0),
    ]
    assert progress(id_).perhaps_twice == [4]
    assert (batch(held.batch_id).holder, claimed().batch_id) == (None, held.batch_id)


def test_who_does_not_resend_leaves_the_doubt_to_staff(announced: Announce, tmp_path: Path) -> None:
    announced(2)
    dead(tmp_path, offered=(1,))
    recover(tmp_path, resend=False)
    assert rows() == [("uncertain", 0, 1), ("queued", 0, 0)]


def test_a_second_doubt_is_left_to_staff(announced: Announce, tmp_path: Path) -> None:
    announced(1)
    for _ in range(2):
        dead(tmp_path, offered=(1,))
        recover(tmp_path)
    assert rows() == [("uncertain", 0, 2)]


@pytest.mark.parametrize("damage", [b"", b"boot another\noffer 1\n"])
def test_without_a_proof_the_whole_window_is_in_doubt(
    announced: Announce, tmp_path: Path, damage: bytes
) -> None:
    announced(3)
    held = dead(tmp_path, offered=(1,))
    (tmp_path / f"{held.holder}.journal").write_bytes(damage)
    recover(tmp_path)
    assert rows() == [("queued", 0, 1)] * 3


@pytest.mark.parametrize("resend", [True, False])
def test_recovering_twice_changes_nothing_more(
    announced: Announce, tmp_path: Path, *, resend: bool
) -> None:
    announced(5)
    doubt = Outcome(3, DeliveryState.QUEUED, doubt=True)
    dead(tmp_path, offered=(1, 2, 3, 4), said=(*accepted(1), deferred(2), doubt))
    recover(tmp_path, keep=True, resend=resend)
    once = rows()
    assert recover(tmp_path, resend=resend)
    assert rows() == once


def test_what_was_settled_before_the_journal_was_cleared_is_not_counted_twice(
    announced: Announce, tmp_path: Path
) -> None:
    announced(4)
    said = (*accepted(1), deferred(2), Outcome(3, DeliveryState.QUEUED, doubt=True))
    held = dead(tmp_path, offered=(1, 2, 3, 4), said=(*said, deferred(4)))
    settle(held, *said, deferred(4))
    settled = rows()
    recover(tmp_path)
    assert rows() == settled
    assert batch(held.batch_id).holder is None


def test_a_batch_that_another_machine_took_over_gets_only_facts(
    announced: Announce, tmp_path: Path
) -> None:
    announced(3)
    dead(tmp_path, offered=(1, 2, 3), said=(*accepted(1), deferred(2)))
    expire_leases()
    other = claimed()
    recover(tmp_path)
    assert rows() == [("accepted", 1, 1), ("queued", 0, 1), ("queued", 0, 1)]
    assert batch(other.batch_id).holder == other.holder


def test_an_address_that_is_gone_is_suppressed_though_the_worker_died(
    announced: Announce, tmp_path: Path
) -> None:
    announced(2)
    gone = Outcome(1, DeliveryState.REFUSED, reason="5.1.1 unknown", suppress=True)
    dead(tmp_path, offered=(1,), said=(gone,))
    recover(tmp_path)
    with transaction() as session:
        found = session.scalars(select(Subscriber.state).order_by(Subscriber.id)).all()
    assert list(found) == ["ended", "confirmed"]


def test_who_takes_over_reads_the_journal_of_one_that_only_stands_still(
    announced: Announce, tmp_path: Path
) -> None:
    announced(4)
    held = claimed()
    window(held)
    with Journal(tmp_path, held.holder) as notes:
        notes.offer(1)
        notes.reply(accepted(1)[0])
        notes.offer(2)
        expire_leases()
        with transaction() as session:
            taken = claims.claim(session, Queue.BULK, holder=uuid4())
            assert taken is not None
            left = journal.left_by(tmp_path, held.holder)
            recovery.take_over(session, taken, left, resend=True, now=now())
    assert rows() == [("accepted", 1, 0), ("queued", 0, 1), ("queued", 0, 0), ("queued", 0, 0)]
    assert window(taken) == [2, 3, 4]


def test_a_relay_that_refused_everybody_ends_nobodys_subscription_though_the_worker_died(
    announced: Announce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAUSE_SAMPLE", 3)
    id_ = announced(3)
    said = [Outcome(n, DeliveryState.REFUSED, reason="5.1.1", suppress=True) for n in (1, 2, 3)]
    dead(tmp_path, offered=(1, 2, 3), said=tuple(said))
    recover(tmp_path)
    with transaction() as session:
        assert set(session.scalars(select(Subscriber.state))) == {"confirmed"}
    assert progress(id_).state == "paused"


def test_a_holder_that_died_before_its_claim_leaves_nothing_to_do(
    app: Flask, tmp_path: Path
) -> None:
    Journal(tmp_path, uuid4()).abandon()
    assert len(recover(tmp_path)) == 1
    assert list(tmp_path.iterdir()) == []


@contextmanager
def _office(app: Flask, folder: Path, sink: Sink) -> Iterator[Office]:
    core = app.extensions[CORE]
    office = Office(
        begin=transaction,
        keys=app.extensions[KEYRING],
        composer=Composer(core.sender, core.links, core.organisation),
        wires=Wires([Relay.parse(f"smtp://127.0.0.1:{sink.port}")], hello="mail.example.org"),
        folder=folder,
        resend=True,
    )
    yield office
    office.wires.close()


def test_a_full_disk_sends_nothing_and_once_there_is_room_each_mail_once(
    app: Flask, announced: Announce, tmp_path: Path
) -> None:
    id_ = announced(5)
    boot = len(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")) + len(
        "boot  0\n"
    )
    with Sink() as sink, _office(app, tmp_path, sink) as office:
        with full_disk(boot + 3), pytest.raises(OSError, match=r"full|large"):
            office.send_batch(Queue.BULK, stop_at=monotonic() + 30)
        assert sink.accepted == []
        while office.send_batch(Queue.BULK, stop_at=monotonic() + 30):
            pass
        assert sorted(mail.recipient for mail in sink.accepted) == [
            f"reader{n}@example.org" for n in range(5)
        ]
    assert (set(states()), progress(id_).perhaps_twice) == ({"accepted"}, [])
    assert delivery(1).attempts == 1
