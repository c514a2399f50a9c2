"""The tasks about money as staff read and settle them: the first due first, and one settled can come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from config import limits
from payments.models.events import MoneyTask
from payments.models.giving import Donation


class NoOutcome(ValueError):
    """A task is settled with a sentence on how it ended."""

    def __init__(self) -> None:
        super().__init__(
            "Write in a sentence how it ended, in at most "
            f"{limits.MONEY_TASK_OUTCOME_LENGTH} characters."
        )


class NotOpen(Exception):
    """The task was settled before; its page says by whom and how."""

    def __init__(self) -> None:
        super().__init__("This task was settled before. See below how it ended.")


class NotOpenedAgain(Exception):
    """Only what a member of staff has settled lately is opened again."""

    def __init__(self) -> None:
        super().__init__(
            "This task stays settled: a day is over, or it was settled by itself. If something is left to "
            "do, note it with the gift's reference where your work is kept."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A task, with the gift that it is about where one is known."""

    task: MoneyTask
    gift: Donation | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks wait, and how many of them beyond their day."""

    waiting: int
    overdue: int


def waiting(session: Session) -> list[Asked]:
    """Return the open tasks, the first due first."""
    first = (MoneyTask.due_at, MoneyTask.id)
    found = _asked().where(MoneyTask.done_at.is_(None)).order_by(*first)
    return [Asked(*row) for row in session.execute(found.limit(limits.MONEY_TASKS_SHOWN))]


def settled(session: Session) -> list[Asked]:
    """Return the tasks that were settled last, the last first."""
    last = (MoneyTask.done_at.desc(), MoneyTask.id.desc())
    found = _asked().where(MoneyTask.done_at.is_not(None)).order_by(*last)
    return [Asked(*row) for row in session.execute(found.limit(limits.PAGE_ROWS))]


def of_gift(session: Session, gift: Donation) -> Sequence[MoneyTask]:
    """Return the open tasks about a gift, the first due first."""
    about = select(MoneyTask).where(MoneyTask.donation_id == gift.id, MoneyTask.done_at.is_(None))
    return session.scalars(about.order_by(MoneyTask.due_at, MoneyTask.id)).all()


def counts(session: Session, *, now: datetime) -> Counts:
    """Count the open tasks."""
    late = func.count().filter(MoneyTask.due_at < now)
    found = select(func.count(), late).where(MoneyTask.done_at.is_(None))
    return Counts(*session.execute(found).one())


def locked(session: Session, task_id: int) -> MoneyTask | None:
    """Lock a task and return it, None where there is none."""
    return session.get(MoneyTask, task_id, with_for_update=True)


def settle(task: MoneyTask, *, outcome: str, staff_id: int, now: datetime) -> None:
    """Settle a locked task, with a sentence on how it ended; raise NotOpen, NoOutcome."""
    if task.done_at is not None:
        raise NotOpen
    said = " ".join(outcome.split())
    if not said or len(said) > limits.MONEY_TASK_OUTCOME_LENGTH:
        raise NoOutcome
    task.done_at, task.done_by, task.outcome = now, staff_id, said


def may_come_back(task: MoneyTask, *, now: datetime) -> bool:
    """Tell whether a task was settled by a member of staff, and within the time of the undo."""
    if task.done_at is None or task.done_by is None:
        return False
    return now - task.done_at < timedelta(seconds=limits.MONEY_TASK_UNDO_SECONDS)


def reopen(task: MoneyTask, *, now: datetime) -> None:
    """Open a locked task again that staff have settled within a day; raise NotOpenedAgain."""
    if not may_come_back(task, now=now):
        raise NotOpenedAgain
    task.done_at = task.done_by = task.outcome = None


def _asked() -> Select[MoneyTask, Donation]:
    return select(MoneyTask, Donation).outerjoin(Donation, Donation.id == MoneyTask.donation_id)
