"""The task that looks ahead gives notice of yearly renewals, once, and rings for the mails."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from db.session import transaction
from mailer.models.deliveries import OutboxMail
from payments import giving
from payments.models.giving import Interval, Plan, PlanState
from tests.payments.plans.giver import wish
from wiring import names
from worker.schedule import BEAT
from worker.tasks import plans


def test_a_yearly_renewal_of_next_week_is_told_once(app: Flask) -> None:
    now = datetime.now(UTC)
    with transaction() as session:
        plan = giving.begin(session, wish(Interval.YEAR), now=now)
        assert isinstance(plan, Plan)
        plan.state, plan.next_payment_at = PlanState.ACTIVE, now + timedelta(days=7)
    for _ in range(2):
        plans.look_ahead()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMail)) == 1


def test_beat_rings_for_it() -> None:
    rung = [each for each in BEAT.values() if each["task"] == names.RENEWALS]
    assert [each["options"] for each in rung] == [{"queue": names.QUEUE_OF[names.RENEWALS]}]
