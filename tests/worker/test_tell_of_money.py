"""The task that tells staff about money mails the console's page, once, and rings for the mail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer import outbox
from mailer.models.deliveries import OutboxMail
from payments import tasks
from payments.models.events import TaskKind
from tests.cast import Staff
from wiring import names
from worker.schedule import BEAT
from worker.tasks import money_tasks


def test_a_task_is_mailed_once_with_the_page_that_lists_it(
    app: Flask, staff: Callable[..., Staff]
) -> None:
    staff("dana", "finance")
    now = datetime.now(UTC)
    with transaction() as session:
        kind, due_at = TaskKind.DISPUTE, now + timedelta(days=1)
        tasks.ask(session, kind, "dp_1", donation_id=None, due_at=due_at, now=now)
    for _ in range(2):
        money_tasks.tell()
    with transaction() as session:
        letter = outbox.letter(session, session.scalars(select(OutboxMail.delivery_id)).one())
    assert letter.context["page_url"] == "http://127.0.0.1:8000/staff/money/tasks/"


def test_beat_rings_for_it() -> None:
    rung = [each for each in BEAT.values() if each["task"] == names.MONEY_TASKS]
    assert [each["options"] for each in rung] == [{"queue": names.QUEUE_OF[names.MONEY_TASKS]}]
