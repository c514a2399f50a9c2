"""Tasks about money in the console: each says what it means, is settled with a note, and can come back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from config import limits
from db.session import transaction
from payments import tasks
from payments.models.events import MoneyTask, TaskKind
from tests.web.staff import members, money
from tests.web.staff.members import Member
from web.staff import money_words

TASKS = "/staff/money/tasks/"
DAY = timedelta(days=1)


@pytest.fixture
def bo(app: Flask) -> Member:
    """Give Bo, who looks after the money."""
    return members.of(app, "bo", "finance")


def ask(kind: TaskKind, about: str, days: float = 1) -> int:
    """Ask staff something that is due in some days; return the task's number."""
    now = datetime.now(UTC)
    with transaction() as session:
        due_at = now + days * DAY
        tasks.ask(session, kind, about, donation_id=None, due_at=due_at, now=now)
        return session.scalars(select(MoneyTask.id).where(MoneyTask.about == about)).one()


def task(task_id: int) -> MoneyTask:
    with transaction() as session:
        return session.get_one(MoneyTask, task_id)


def test_without_tasks_the_page_says_what_will_be_listed(bo: Member) -> None:
    assert "Nothing waits for you" in bo.read(TASKS)


def test_the_first_due_is_first_and_what_is_late_is_called_so(bo: Member) -> None:
    for about, days in (("dp_later", 5), ("dp_late", -1), ("dp_soon", 1)):
        ask(TaskKind.DISPUTE, about, days)
    page = bo.read(TASKS)
    places = [page.index(about) for about in ("dp_late", "dp_soon", "dp_later")]
    assert places == sorted(places)
    assert page.count("overdue since") == 1


@pytest.mark.parametrize("kind", TaskKind)
def test_each_kind_says_what_it_means_and_what_to_do(bo: Member, kind: TaskKind) -> None:
    ask(kind, "an id")
    page = bo.read(TASKS).replace("&#39;", "'")
    assert money_words.TASKS[kind].means in page
    assert money_words.TASKS[kind].do in page


def test_a_task_is_settled_with_a_note_and_the_audit_log_keeps_by_whom(bo: Member) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    assert bo.post(f"{TASKS}{id_}/settle", outcome=" Accepted.\n Nothing to prove. ").location
    row = task(id_)
    assert (row.outcome, row.done_by) == ("Accepted. Nothing to prove.", bo.staff.id)
    assert "Accepted. Nothing to prove." in bo.read(TASKS).partition("Settled lately")[2]
    assert money.audited() == [("money-task.settle", f"money task {id_}", "dispute dp_1")]


def test_no_address_stays_in_a_note(bo: Member) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    bo.post(f"{TASKS}{id_}/settle", outcome="Wrote to boris@example.org.")
    assert "example.org" not in str(task(id_).outcome)


@pytest.mark.parametrize("outcome", ["", "  ", "x" * (limits.MONEY_TASK_OUTCOME_LENGTH + 1)])
def test_a_task_is_not_settled_without_a_sentence(bo: Member, outcome: str) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    answer = bo.post(f"{TASKS}{id_}/settle", outcome=outcome)
    assert (answer.status_code, "Write in a sentence" in answer.text) == (422, True)
    assert task(id_).done_at is None


def test_what_was_settled_before_keeps_its_note(bo: Member) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    bo.post(f"{TASKS}{id_}/settle", outcome="First.")
    answer = bo.post(f"{TASKS}{id_}/settle", outcome="Second.")
    assert (answer.status_code, "settled before" in answer.text) == (409, True)
    assert task(id_).outcome == "First."


def test_a_task_that_was_settled_by_mistake_comes_back_within_a_day(bo: Member) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    bo.post(f"{TASKS}{id_}/settle", outcome="Oh.")
    assert "Open again" in bo.read(TASKS)
    assert bo.post(f"{TASKS}{id_}/reopen").status_code == 303
    row = task(id_)
    assert (row.done_at, row.done_by, row.outcome) == (None, None, None)
    assert [act for act, _, _ in money.audited()] == ["money-task.settle", "money-task.reopen"]


def test_after_a_day_it_stays_settled(app: Flask, bo: Member) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    bo.post(f"{TASKS}{id_}/settle", outcome="Oh.")
    with time_machine.travel(datetime.now(UTC) + DAY):
        late = members.sign_in(app, bo.staff)
        assert "Open again" not in late.read(TASKS)
        assert late.post(f"{TASKS}{id_}/reopen").status_code == 409
    assert task(id_).outcome == "Oh."


def test_what_was_settled_by_itself_stays_so(bo: Member) -> None:
    id_ = ask(TaskKind.DISPUTE, "dp_1")
    with transaction() as session:
        now, kind = datetime.now(UTC), TaskKind.DISPUTE
        tasks.settle(session, kind, "dp_1", outcome="won", staff_id=None, now=now)
    assert "by itself" in bo.read(TASKS)
    assert bo.post(f"{TASKS}{id_}/reopen").status_code == 409
    assert task(id_).outcome == "won"


def test_what_is_open_cannot_be_opened(bo: Member) -> None:
    assert bo.post(f"{TASKS}{ask(TaskKind.DISPUTE, 'dp_1')}/reopen").status_code == 409


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999999", "x"])
def test_a_task_that_is_not_there_is_said_to_be_missing(bo: Member, number: str) -> None:
    for act in ("settle", "reopen"):
        assert bo.post(f"{TASKS}{number}/{act}", outcome="x").status_code == 404


def test_a_task_about_a_gift_leads_to_it(counter: money.Counter) -> None:
    gift = counter.gift()
    now = datetime.now(UTC)
    with transaction() as session:
        kind = TaskKind.DUPLICATE
        tasks.ask(session, kind, "pi_2", donation_id=gift.given_id, due_at=now, now=now)
    page = counter.bo.read(TASKS)
    assert f'href="{money.path(gift)}"' in page
    assert "€25.00" in page


@pytest.mark.parametrize(("role", "told"), [("finance", True), ("admin", True), ("author", False)])
def test_the_first_page_counts_tasks_for_who_looks_after_the_money(
    app: Flask, role: str, *, told: bool
) -> None:
    ask(TaskKind.DISPUTE, "dp_1", -1)
    ask(TaskKind.INQUIRY, "dp_2")
    page = members.of(app, "bela", role).read("/staff/")
    assert ("Money: 2 tasks wait" in page) == told
    assert ("1 overdue" in page) == told


def test_where_none_waits_the_first_page_says_nothing_of_money(bo: Member) -> None:
    assert "Money:" not in bo.read("/staff/")
