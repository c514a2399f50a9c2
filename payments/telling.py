"""Telling: staff hear by mail which tasks about money are new or overdue; no person is named, and no amount.

One mail an hour says all that has come, for people read it. A dispute or a fraud warning whose day is near
does not wait for the hour: a day too late, the money is gone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from config import limits
from mailer import outbox
from payments.documents import figures, issuer
from payments.models.events import MoneyTask, TaskKind
from staff import accounts
from staff.models import RoleName

TEMPLATE: Final = "money-tasks"
_HASTY: Final = (TaskKind.DISPUTE, TaskKind.FRAUD_WARNING)
_LOCK: Final = 5_106_811_756
"""The advisory lock of a telling: any number that nothing else in this database uses."""


def tell(session: Session, *, page_url: str, now: datetime) -> bool:
    """Mail staff the open tasks that they were not told of, or not since they are overdue; tell whether.

    The tasks are told in the transaction that queues the mails, so each is told once. Where there is nobody
    to tell they wait for somebody; `flask doctor` says so.
    """
    # Two at once would each find that nobody was mailed in this hour.
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return False
    addresses, tasks = concerned(session), _untold(session, now)
    if not addresses or not _is_time(session, tasks, now):
        return False
    for address in addresses:
        _queue(session, address, tasks, page_url=page_url, now=now)
    for task in tasks:
        task.told_at = now
    return True


def concerned(session: Session) -> list[str]:
    """Return the addresses of the active members who look after the money, or administer."""
    return [
        member.email
        for member in accounts.listing(session)
        if accounts.has_role(member, RoleName.FINANCE, RoleName.ADMIN)
    ]


def _untold(session: Session, now: datetime) -> Sequence[MoneyTask]:
    """Return the tasks to tell of, held; one that is being settled just now is left for the next time."""
    overdue = and_(MoneyTask.due_at < now, MoneyTask.told_at < MoneyTask.due_at)
    found = (
        select(MoneyTask)
        .where(MoneyTask.done_at.is_(None), or_(MoneyTask.told_at.is_(None), overdue))
        .order_by(MoneyTask.due_at, MoneyTask.id)
    )
    return session.scalars(found.with_for_update(skip_locked=True)).all()


def _is_time(session: Session, tasks: Sequence[MoneyTask], now: datetime) -> bool:
    """Tell whether a mail is due: nobody was mailed in this hour, or something cannot wait for the next."""
    if any(_is_hasty(task, now) for task in tasks):
        return True
    last = session.scalar(select(func.max(MoneyTask.told_at)))
    rest = timedelta(seconds=limits.MONEY_TASKS_REST_SECONDS)
    return bool(tasks) and (last is None or now - last >= rest)


def _is_hasty(task: MoneyTask, now: datetime) -> bool:
    near = now + timedelta(seconds=limits.MONEY_TASK_HASTY_SECONDS)
    return task.kind in _HASTY and task.told_at is None and task.due_at <= near


def _queue(
    session: Session, address: str, tasks: Sequence[MoneyTask], *, page_url: str, now: datetime
) -> None:
    zone = ZoneInfo(issuer.of(session).zone)
    outbox.queue(
        session,
        template=TEMPLATE,
        address=address,
        language="en",
        context={
            "count": len(tasks),
            "overdue": _sentences([each for each in tasks if each.due_at < now], zone),
            "waiting": _sentences([each for each in tasks if each.due_at >= now], zone),
            "page_url": page_url,
        },
        now=now,
        expires_at=now + timedelta(seconds=limits.MONEY_TASKS_MAIL_SECONDS),
    )


def _sentences(tasks: Sequence[MoneyTask], zone: ZoneInfo) -> list[str]:
    """Say of each kind how many there are and by which day, the soonest first; tasks come in that order."""
    due: dict[TaskKind, list[datetime]] = {}
    for task in tasks:
        due.setdefault(task.kind, []).append(task.due_at)
    return [_sentence(kind, days, zone) for kind, days in due.items()]


def _sentence(kind: TaskKind, due: Sequence[datetime], zone: ZoneInfo) -> str:
    """Return 'Dispute: 2, the first due on 24 November 2026.'."""
    which = "the first due on" if len(due) > 1 else "due on"
    return f"{kind.capitalize()}: {len(due):,}, {which} {figures.day(due[0].astimezone(zone).date(), 'en')}."
