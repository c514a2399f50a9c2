"""Tasks about money in the console, for finance and administrators: what each asks, and how it ended."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from sqlalchemy.orm import Session

from config import limits
from config.logging import redact
from db.session import transaction
from payments import task_lists
from payments.models.events import MoneyTask
from web.staff import acts, money_words
from web.staff.announcements import NUMBER, names_of_staff

blueprint = Blueprint("money_tasks", __name__)


@blueprint.get("/")
def listing() -> str:
    """Show the open tasks, the first due first, and those that were settled last."""
    return _page()


@blueprint.post(f"/<{NUMBER}:task_id>/settle")
def settle(task_id: int) -> ResponseReturnValue:
    """Settle a task with a sentence on how it ended."""
    # Tasks are kept for ever, and hold no address.
    outcome, now = redact(request.form.get("outcome", "")), datetime.now(UTC)
    try:
        with transaction() as session:
            task = _found(session, task_id)
            task_lists.settle(task, outcome=outcome, staff_id=current_user.id, now=now)
            subject, detail = f"money task {task.id}", f"{task.kind.value} {task.about}"
            acts.record(session, "money-task.settle", subject=subject, detail=detail)
    except task_lists.NoOutcome as fault:
        return _page(fault=str(fault), fault_of=task_id), HTTPStatus.UNPROCESSABLE_ENTITY
    except task_lists.NotOpen as fault:
        return _page(fault=str(fault)), HTTPStatus.CONFLICT
    flash("Settled. For a day it can be opened again, below.", "success")
    return redirect(url_for(".listing"), HTTPStatus.SEE_OTHER)


@blueprint.post(f"/<{NUMBER}:task_id>/reopen")
def reopen(task_id: int) -> ResponseReturnValue:
    """Open a task again that was settled by mistake."""
    try:
        with transaction() as session:
            task = _found(session, task_id)
            task_lists.reopen(task, now=datetime.now(UTC))
            acts.record(session, "money-task.reopen", subject=f"money task {task.id}")
    except task_lists.NotOpenedAgain as fault:
        return _page(fault=str(fault)), HTTPStatus.CONFLICT
    flash("It waits again.", "success")
    return redirect(url_for(".listing"), HTTPStatus.SEE_OTHER)


def _found(session: Session, task_id: int) -> MoneyTask:
    task = task_lists.locked(session, task_id)
    if task is None:
        abort(HTTPStatus.NOT_FOUND)
    return task


def _page(*, fault: str = "", fault_of: int | None = None) -> str:
    now = datetime.now(UTC)
    with transaction() as session:
        settled = task_lists.settled(session)
        return render_template(
            "staff/money/tasks.html",
            waiting=task_lists.waiting(session),
            settled=settled,
            back={e.task.id for e in settled if task_lists.may_come_back(e.task, now=now)},
            people=names_of_staff(session),
            meanings=money_words.TASKS,
            now=now,
            fault=fault,
            fault_of=fault_of,
            limits=limits,
        )
