"""`flask donations events` lists what Stripe told us, `flask donations replay` applies one once more."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments import events
from payments.gateway import API_VERSION, Event
from payments.models.events import EventState, Source, StripeEvent
from staff.models import AuditEntry
from tests.web.cli import commands

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stored(app: Flask) -> None:
    """Store three events, the second of which is dead, and the third of a type that is left alone."""
    types = ["refund.created", "refund.updated", "balance.available"]
    with transaction() as session:
        for number, type_ in enumerate(types, 1):
            made_at = NOW + timedelta(minutes=number)
            event = Event(f"evt_{number}", type_, "refund", "re_1", API_VERSION, False, made_at)  # noqa: FBT003 - a test's event
            events.store(session, event, source=Source.WEBHOOK, body=b"", now=NOW)
        dead = session.get_one(StripeEvent, "evt_2")
        dead.state, dead.attempts, dead.fault = EventState.DEAD, 10, "NotFound resource_missing"


def test_the_newest_come_first(app: Flask) -> None:
    listed = commands.value(app, "donations", "events")
    assert [event["id"] for event in listed] == ["evt_3", "evt_2", "evt_1"]
    assert [event["state"] for event in listed] == ["ignored", "dead", "new"]


def test_one_state_is_listed_alone(app: Flask) -> None:
    (dead,) = commands.value(app, "donations", "events", "--state", "dead")
    assert (dead["id"], dead["attempts"]) == ("evt_2", 10)
    assert (dead["fault"], dead["next_try_at"]) == ("NotFound resource_missing", None)


def test_no_more_are_listed_than_asked_for(app: Flask) -> None:
    assert len(commands.value(app, "donations", "events", "--limit", "1")) == 1


def test_for_people_each_is_a_line(app: Flask) -> None:
    lines = commands.run(app, "donations", "events").stdout.splitlines()
    assert len(lines) == 3
    assert (
        "evt_2  refund.updated  re_1  dead, tried 10 times: NotFound resource_missing" in lines[1]
    )


def test_a_dead_one_is_tried_again_and_that_is_recorded(app: Flask) -> None:
    assert commands.run(app, "donations", "replay", "evt_2").exit_code == 0
    with transaction() as session:
        row = session.get_one(StripeEvent, "evt_2")
        assert (row.state, row.attempts) == (EventState.NEW, 0)
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject) == ("stripe.replay", "stripe event evt_2")


@pytest.mark.parametrize("id_", ["evt_3", "evt_9"])
def test_what_cannot_be_replayed_is_refused(app: Flask, id_: str) -> None:
    assert commands.refused(app, "donations", "replay", id_).startswith("Error: ")
