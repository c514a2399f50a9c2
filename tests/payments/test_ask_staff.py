"""Tasks about money: one thing is asked once, and settled once, by a person or by itself."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from payments import tasks
from payments.models.events import MoneyTask, TaskKind
from tests.cast import hire

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def ask(session: Session, *, due_at: datetime = NOW + DAY) -> None:
    kind = TaskKind.DISPUTE
    tasks.ask(session, kind, "dp_1", donation_id=None, due_at=due_at, now=NOW)


def settle(session: Session, outcome: str, *, staff_id: int | None = None) -> None:
    tasks.settle(session, TaskKind.DISPUTE, "dp_1", outcome=outcome, staff_id=staff_id, now=NOW)


def read(session: Session) -> MoneyTask:
    fresh = select(MoneyTask).execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def test_one_thing_is_asked_once_and_put_off_by_nobody(session: Session) -> None:
    ask(session)
    ask(session, due_at=NOW + 3 * DAY)
    assert read(session).due_at == NOW + DAY
    ask(session, due_at=NOW)
    assert read(session).due_at == NOW


def test_what_a_person_decided_stays_so(session: Session) -> None:
    dana = hire("dana", "finance")
    ask(session)
    settle(session, "we gave it up", staff_id=dana.id)
    settle(session, "won")
    ask(session)
    assert (read(session).outcome, read(session).done_by) == ("we gave it up", dana.id)


def test_what_settles_itself_names_nobody(session: Session) -> None:
    ask(session)
    settle(session, "won")
    assert (read(session).outcome, read(session).done_by, read(session).done_at) == (
        "won",
        None,
        NOW,
    )


def test_what_failed_once_more_is_open_again_and_told_anew(session: Session) -> None:
    ask(session)
    read(session).told_at = NOW
    tasks.open_again(session, TaskKind.DISPUTE, "dp_1", due_at=NOW)
    assert (read(session).told_at, read(session).due_at) == (NOW, NOW + DAY), "it was open"
    settle(session, "mended, we thought")
    tasks.open_again(session, TaskKind.DISPUTE, "dp_1", due_at=NOW + 3 * DAY)
    again = read(session)
    assert (again.done_at, again.told_at, again.due_at) == (None, None, NOW + 3 * DAY)


def test_what_was_never_asked_is_not_settled(session: Session) -> None:
    settle(session, "won")
    assert session.scalars(select(MoneyTask)).all() == []
