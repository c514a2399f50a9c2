"""What staff must do about money: one task for each thing, with the day by which.

Some are settled by themselves: a dispute is won, a payment finds its gift.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from config import limits
from payments.models.events import MoneyTask, TaskKind


def ask(
    session: Session,
    kind: TaskKind,
    about: str,
    *,
    donation_id: int | None,
    due_at: datetime,
    now: datetime,
) -> None:
    """Ask staff about one thing by its Stripe id, once.

    Asked again, it learns whose money it is, and an earlier day; a replay does not put it off.
    """
    asked = insert(MoneyTask).values(
        kind=kind, about=about, donation_id=donation_id, due_at=due_at, created_at=now
    )
    session.execute(
        asked.on_conflict_do_update(
            index_elements=[MoneyTask.kind, MoneyTask.about],
            set_={
                "due_at": func.least(asked.excluded.due_at, MoneyTask.due_at),
                "donation_id": func.coalesce(asked.excluded.donation_id, MoneyTask.donation_id),
            },
        )
    )


def open_again(session: Session, kind: TaskKind, about: str, *, due_at: datetime) -> None:
    """Open a settled task again, and have staff told anew: what it is about has failed once more."""
    session.execute(
        update(MoneyTask)
        .where(MoneyTask.kind == kind, MoneyTask.about == about, MoneyTask.done_at.is_not(None))
        .values(done_at=None, done_by=None, outcome=None, told_at=None, due_at=due_at)
    )


def ask_whose(session: Session, about: str, *, now: datetime) -> None:
    """Ask staff whose money something of Stripe's is: it belongs to no gift that we know."""
    due_at = now + timedelta(seconds=limits.MONEY_TASK_DUE_SECONDS)
    ask(session, TaskKind.UNMATCHED, about, donation_id=None, due_at=due_at, now=now)


def settle(
    session: Session,
    kind: TaskKind,
    about: str,
    *,
    outcome: str,
    staff_id: int | None,
    now: datetime,
) -> None:
    """Call a task done, by a member of staff or (None) by itself; what is done or was never asked is left."""
    session.execute(
        update(MoneyTask)
        .where(MoneyTask.kind == kind, MoneyTask.about == about, MoneyTask.done_at.is_(None))
        .values(done_at=now, done_by=staff_id, outcome=outcome)
    )
