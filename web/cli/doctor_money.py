"""What `flask doctor` says of the money: who looks after it, what waits too long, whether the books hold."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import limits
from config.settings import Settings
from db.session import transaction
from payments import reconciling, task_lists, telling
from staff import accounts
from staff.models import RoleName


def check(settings: Settings) -> Iterable[str]:
    """Check that somebody looks after the money, in time, and that the books were compared and hold."""
    if settings.stripe_api_key is None:
        return
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            faults = [*_staff(session), *_tasks(session, now), *_books(session, now)]
    except SQLAlchemyError:
        return  # the check of the database says so
    yield from faults


def _staff(session: Session) -> Iterable[str]:
    if not telling.concerned(session):
        yield (
            "nobody of the staff has the role finance or admin, so nobody is told when money needs a "
            "decision; 'flask staff create EMAIL --role finance' invites somebody"
        )
    elif not any(
        accounts.has_role(member, RoleName.FINANCE) for member in accounts.listing(session)
    ):
        yield (
            "nobody of the staff has the role finance, so administrators alone look after the money; "
            "'flask staff create EMAIL --role finance' invites somebody"
        )


def _tasks(session: Session, now: datetime) -> Iterable[str]:
    overdue = task_lists.counts(session, now=now).overdue
    if overdue:
        oldest = task_lists.waiting(session)[0].task
        yield (
            f"tasks about money that are overdue: {overdue:,}, the oldest since {oldest.due_at:%Y-%m-%d}; "
            "see /staff/money/tasks/"
        )


def _books(session: Session, now: datetime) -> Iterable[str]:
    newest, since = reconciling.last(session), reconciling.compared_at(session)
    if newest is not None and not newest.holds:
        yield (
            f"the books did not equal Stripe's on {newest.at:%Y-%m-%d %H:%M} UTC; see "
            "docs/runbooks/books-differ.md and 'flask donations reconcile'"
        )
    if since is not None and now - since > timedelta(seconds=limits.BOOKS_LATE_SECONDS):
        yield (
            f"the books were not compared with Stripe's since {since:%Y-%m-%d %H:%M} UTC; is a worker of the "
            "queue 'hooks' running, and a beat?"
        )
