"""The daily task applies the rules of every room in one run, once a day."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from db.session import transaction
from mailer.models.transfers import RetentionRun
from payments.models.money import CardFailure
from wiring import periods
from worker.tasks import retention


def refuse(event_id: str) -> None:
    """Have a card be refused two days ago."""
    with transaction() as session:
        session.add(CardFailure(event_id=event_id, at=datetime.now(UTC) - timedelta(days=2)))


def test_a_run_a_day_goes_through_the_list_and_the_money(app: Flask) -> None:
    for event_id in ("evt_1", "evt_2"):
        refuse(event_id)
        retention.run()
    with transaction() as session:
        (taken,) = session.scalars(select(RetentionRun.taken))
        assert session.scalars(select(CardFailure.event_id)).all() == ["evt_2"]
    assert set(taken) == {rule.name for rule in periods.RULES}
    assert taken["refused cards"] == 1
