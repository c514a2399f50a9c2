"""Staff are told of each task once, all of an hour in one mail; what is near its day does not wait."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from db.session import transaction
from mailer import outbox
from mailer.models.deliveries import OutboxMail
from payments import tasks, telling
from payments.documents import issuer
from payments.models.events import MoneyTask, TaskKind
from staff.models import StaffMember
from tests.cast import Staff
from tests.golden.mails import notice

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = "https://example.org/staff/money/tasks/"
LATER, SOON = NOW + 5 * DAY, NOW + DAY


@pytest.fixture(autouse=True)
def dana(app: Flask, staff: Callable[..., Staff]) -> Staff:
    """Give somebody who looks after the money."""
    return staff("dana", "finance")


def ask(kind: TaskKind = TaskKind.UNMATCHED, about: str = "pi_1", due_at: datetime = LATER) -> None:
    with transaction() as session:
        tasks.ask(session, kind, about, donation_id=None, due_at=due_at, now=NOW)


def tell(at: datetime = NOW) -> bool:
    with transaction() as session:
        return telling.tell(session, page_url=PAGE, now=at)


def letters() -> list[outbox.Letter]:
    with transaction() as session:
        ids = session.scalars(select(OutboxMail.delivery_id).order_by(OutboxMail.delivery_id))
        return [outbox.letter(session, id_) for id_ in ids.all()]


def said() -> str:
    """Return the text of the newest mail."""
    letter = letters()[-1]
    return notice(letter.template, **letter.context).text


def test_a_new_task_is_told_once(app: Flask) -> None:
    ask()
    assert [tell(NOW + hours * HOUR) for hours in range(4)] == [True, False, False, False]


def test_the_mail_says_kinds_counts_and_days_and_no_id(app: Flask) -> None:
    ask(about="pi_1", due_at=LATER)
    ask(about="pi_2", due_at=LATER - DAY)
    ask(TaskKind.DEAD_EVENT, "evt_1")
    tell()
    assert "- Unmatched payment: 2, the first due on 26 November 2026." in said()
    assert "- Dead event: 1, due on 27 November 2026." in said()
    assert PAGE in said()
    assert not {"pi_1", "pi_2", "evt_1"} & set(said().split())


def test_the_day_is_the_organisations(app: Flask) -> None:
    ask(due_at=datetime(2026, 11, 27, 23, 30, tzinfo=UTC))
    with transaction() as session:
        session.info[issuer.ISSUER] = replace(issuer.of(session), zone="Europe/Paris")
        telling.tell(session, page_url=PAGE, now=NOW)
    assert "due on 28 November 2026" in said()


def test_finance_and_admins_are_mailed_and_nobody_else(staff: Callable[..., Staff]) -> None:
    for name, role in (("noor", "admin"), ("chen", "author"), ("ines", "approver")):
        staff(name, role)
    ask()
    tell()
    assert {letter.address for letter in letters()} == {"dana@example.org", "noor@example.org"}


def test_what_comes_within_an_hour_is_one_mail(app: Flask) -> None:
    ask(about="pi_1")
    tell()
    for number in range(2, 5):
        ask(about=f"pi_{number}")
    assert [tell(NOW + part * HOUR) for part in (0.2, 0.9, 1)] == [False, False, True]
    assert "Unmatched payment: 3" in said()


@pytest.mark.parametrize("kind", [TaskKind.DISPUTE, TaskKind.FRAUD_WARNING])
def test_what_is_near_its_day_does_not_wait_for_the_hour(kind: TaskKind) -> None:
    ask()
    tell()
    ask(kind, "dp_1", SOON)
    assert [tell(NOW + HOUR / 10), tell(NOW + HOUR / 5)] == [True, False]


def test_a_dispute_of_next_week_and_other_tasks_of_tomorrow_wait(app: Flask) -> None:
    ask()
    tell()
    ask(TaskKind.DISPUTE, "dp_1", NOW + 3 * DAY)
    ask(TaskKind.UNMATCHED, "pi_2", SOON)
    assert not tell(NOW + HOUR / 10)


def test_what_is_overdue_is_told_once_more_and_only_once(app: Flask) -> None:
    ask()
    tell()
    assert [tell(LATER + hours * HOUR) for hours in (-1, 0.1, 2, 50)] == [False, True, False, False]
    assert said().index("Overdue") < said().index("Unmatched payment: 1, due on 27 November 2026.")


def test_what_is_overdue_waits_for_the_hour(app: Flask) -> None:
    ask(TaskKind.DISPUTE, "dp_1", SOON)
    tell()
    ask(about="pi_2")
    assert [tell(SOON - HOUR / 10), tell(SOON + HOUR / 10), tell(SOON + HOUR)] == [
        True,
        False,
        True,
    ]


def test_what_was_overdue_when_it_was_told_first_is_not_told_again(app: Flask) -> None:
    ask(due_at=NOW - DAY)
    assert [tell(), tell(NOW + 2 * HOUR)] == [True, False]


def test_what_is_done_is_not_told(app: Flask) -> None:
    ask()
    with transaction() as session:
        kind = TaskKind.UNMATCHED
        tasks.settle(session, kind, "pi_1", outcome="found", staff_id=None, now=NOW)
    assert not tell()
    assert letters() == []


def test_where_there_is_nobody_to_tell_the_task_waits_for_somebody(
    staff: Callable[..., Staff],
) -> None:
    with transaction() as session:
        session.execute(update(StaffMember).values(active=False))
    ask()
    assert not tell()
    staff("noor", "admin")
    assert tell()


def test_a_mail_and_its_mark_are_one_transaction(app: Flask) -> None:
    ask()
    with transaction() as session:
        assert telling.tell(session, page_url=PAGE, now=NOW)
        session.rollback()
    assert (letters(), untold()) == ([], 1)
    assert (tell(), untold(), len(letters())) == (True, 0, 1)


def test_two_at_once_send_one_mail(app: Flask) -> None:
    ask()
    with transaction() as session:
        assert telling.tell(session, page_url=PAGE, now=NOW)
        ask(about="pi_2")
        assert not tell()
    assert (len(letters()), untold()) == (1, 1)


def test_a_task_that_is_being_settled_holds_nobody_up(app: Flask) -> None:
    ask()
    ask(about="pi_2")
    with transaction() as session:
        session.execute(select(MoneyTask).where(MoneyTask.about == "pi_1").with_for_update())
        assert tell()
    assert "Unmatched payment: 1" in said()


def untold() -> int:
    with transaction() as session:
        open_ = select(func.count()).select_from(MoneyTask).where(MoneyTask.told_at.is_(None))
        return session.scalar(open_) or 0
