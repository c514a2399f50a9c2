"""A living database sends; a restored copy of it sends nothing until a person trusts it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from config import limits
from db.session import transaction
from mailer import approvals, epochs, outbox, schedules
from mailer.models.announcements import Announcement
from mailer.models.deliveries import Batch, Delivery, Epoch
from tests import builders
from tests.cast import hire

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TICK = timedelta(seconds=limits.SWEEP_SECONDS)
LONG = timedelta(seconds=limits.EPOCH_SECONDS + 1)


@pytest.fixture(autouse=True)
def unborn(app: Flask) -> Iterator[None]:
    """Begin without a heartbeat."""
    with transaction() as session:
        session.execute(delete(Epoch))
    yield
    with transaction() as session:
        session.execute(delete(Epoch))


def beat(folder: Path, now: datetime = NOW) -> bool:
    with transaction() as session:
        return epochs.beat(session, folder=folder, now=now)


def check(folder: Path, now: datetime = NOW) -> bool:
    with transaction() as session:
        return epochs.check(session, folder=folder, now=now)


def number() -> int | None:
    with transaction() as session:
        return session.scalar(select(Epoch.number))


def restore(folder: Path) -> None:
    """Beat twice, and put the database back to the first."""
    beat(folder)
    before = number()
    beat(folder, NOW + TICK)
    with transaction() as session:
        session.execute(update(Epoch).values(number=before, beat_at=NOW))


def waiting_mail(at: datetime = NOW) -> int:
    with transaction() as session:
        id_ = outbox.queue(
            session,
            template="confirm",
            address="amira@example.org",
            language="en",
            context={},
            now=at,
            expires_at=at + timedelta(days=1),
        )
        session.execute(update(Batch).where(Batch.first_delivery_id == id_).values(created_at=at))
        return id_


def under_way() -> tuple[int, int]:
    """Give one announcement that prepares and one that is scheduled."""
    chen, dana = hire("chen"), hire("dana")
    first = builders.announcement(builders.release(), author=chen, approver=dana)
    second = builders.announcement(builders.release("Other"), author=chen)
    with transaction() as session:
        made = session.get_one(Announcement, second)
        approvals.approve(session, made, approver_id=dana.id, now=NOW, read=None)
        at = NOW + timedelta(days=1)
        schedules.schedule(session, made, start_at=at, zone="UTC", staff_id=dana.id, now=NOW)
    return first, second


def states(*ids: int) -> list[str]:
    with transaction() as session:
        return [session.get_one(Announcement, id_).state.value for id_ in ids]


def test_a_new_database_lives_and_its_number_rises(app: Flask, tmp_path: Path) -> None:
    assert check(tmp_path)
    seen = []
    for tick in range(3):
        assert beat(tmp_path, NOW + tick * TICK)
        seen.append(number() or 0)
    assert seen == sorted(set(seen))
    assert (tmp_path / "epoch").read_text(encoding="ascii") == f"{seen[-1]}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["epoch"]


def test_a_beat_that_is_rolled_back_is_not_remembered(app: Flask, tmp_path: Path) -> None:
    beat(tmp_path)
    before = number()
    with transaction() as session:
        epochs.beat(session, folder=tmp_path, now=NOW + TICK)
        session.rollback()
    assert epochs.highest(tmp_path) == before == number()


def test_a_restored_copy_sets_aside_what_was_under_way_and_sends_nothing(
    app: Flask, tmp_path: Path
) -> None:
    ids, mail = under_way(), waiting_mail()
    restore(tmp_path)
    assert not check(tmp_path, NOW + TICK)
    assert states(*ids) == ["paused", "held"]
    with transaction() as session:
        assert session.get_one(Delivery, mail).state == "uncertain"
        assert session.scalars(select(Batch).where(Batch.closed_at.is_(None))).all() == []
        steps = [session.get_one(Announcement, id_).events[-1] for id_ in ids]
        assert [(step.tell, step.note) for step in steps] == [(True, epochs.RESTORED)] * 2


def test_it_stays_so_on_every_host_and_for_later_mails(app: Flask, tmp_path: Path) -> None:
    restore(tmp_path)
    waiting_mail()
    assert not check(tmp_path, NOW + TICK)
    later = waiting_mail()
    for folder in (tmp_path, tmp_path / "another host"):
        assert not check(folder, NOW + TICK)
        assert not beat(folder, NOW + TICK)
    with transaction() as session:
        assert session.get_one(Delivery, later).state == "queued"


def test_once_trusted_it_lives_on_every_host(app: Flask, tmp_path: Path) -> None:
    restore(tmp_path)
    check(tmp_path, NOW + TICK)
    with transaction() as session:
        epochs.trust(session, folder=tmp_path / "another host", now=NOW + 3 * TICK)
    for folder in (tmp_path, tmp_path / "another host"):
        assert check(folder, NOW + 3 * TICK)
        assert beat(folder, NOW + 4 * TICK)


def test_a_copy_from_before_the_first_beat_is_known_by_its_mails(
    app: Flask, tmp_path: Path
) -> None:
    beat(tmp_path)
    with transaction() as session:
        session.execute(delete(Epoch))
    assert check(tmp_path), "an empty database has nothing to send twice"
    waiting_mail()
    assert not check(tmp_path)


def test_after_a_long_sleep_what_waited_is_set_aside_once_and_life_goes_on(
    app: Flask, tmp_path: Path
) -> None:
    ids, mail = under_way(), waiting_mail()
    beat(tmp_path)
    assert check(tmp_path, NOW + LONG)
    assert states(*ids) == ["paused", "held"]
    later = waiting_mail()
    assert check(tmp_path, NOW + LONG + TICK)
    with transaction() as session:
        found = [session.get_one(Delivery, id_).state.value for id_ in (mail, later)]
    assert found == ["uncertain", "queued"]


@pytest.mark.parametrize(("after_beat", "state"), [(60, "uncertain"), (61, "queued")])
def test_a_sleep_sets_aside_no_mail_that_was_queued_after_the_last_beat(
    app: Flask, tmp_path: Path, after_beat: int, state: str
) -> None:
    beat(tmp_path)
    mail = waiting_mail(NOW + timedelta(seconds=after_beat))
    assert check(tmp_path, NOW + LONG)
    with transaction() as session:
        assert session.get_one(Delivery, mail).state == state


def test_a_restored_copy_sets_aside_mails_queued_after_its_last_beat_too(
    app: Flask, tmp_path: Path
) -> None:
    restore(tmp_path)
    mail = waiting_mail(NOW + LONG)
    assert not check(tmp_path, NOW + LONG)
    with transaction() as session:
        assert session.get_one(Delivery, mail).state == "uncertain"


def test_the_file_is_remembered_by_a_process_that_starts(app: Flask, tmp_path: Path) -> None:
    beat(tmp_path)
    waiting_mail()
    with transaction() as session:
        session.execute(update(Epoch).values(number=5))
    (tmp_path / "other").mkdir()
    assert check(tmp_path / "other")
    (tmp_path / "other" / "epoch").write_text("6\n", encoding="ascii")
    assert not check(tmp_path / "other")


@pytest.mark.parametrize("damaged", ["", "x", "12 13"])
def test_a_damaged_file_stops_nobody(app: Flask, tmp_path: Path, damaged: str) -> None:
    (tmp_path / "epoch").write_text(damaged, encoding="ascii")
    assert beat(tmp_path)
    assert epochs.highest(tmp_path) == number()
