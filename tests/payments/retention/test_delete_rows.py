"""Requests for links, refused cards, Stripe's messages and copies of receipts: each has its day."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.settings import Settings
from db import due
from db.session import transaction
from payments import donor_links, donors, events, periods, receipts
from payments.gateway import API_VERSION, Event
from payments.models.asking import DonorLinkRequest
from payments.models.events import EventState, Source, StripeEvent
from payments.models.money import CardFailure
from payments.models.receipts import Receipt, ReceiptCopy
from tests.builders import NOW
from tests.cast import BORIS
from tests.payments.receipts import giver
from tests.payments.retention.conftest import Later
from wiring import periods as all_of_them
from wiring.core import core


def count(table: type[object]) -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(("days", "left"), [(1, 0), (0.99, 1)])
def test_a_request_for_a_link_that_nobody_answered_goes_after_a_day(
    later: Later, days: float, left: int
) -> None:
    with transaction() as session:
        donor_links.ask(session, BORIS, language="en", now=NOW)
    later(days)
    assert count(DonorLinkRequest) == left


@pytest.mark.parametrize(("days", "left"), [(1, 0), (0.99, 1)])
def test_a_refused_card_is_forgotten_after_a_day(later: Later, days: float, left: int) -> None:
    with transaction() as session:
        session.add(CardFailure(event_id="evt_1", at=NOW))
    later(days)
    assert count(CardFailure) == left


@pytest.mark.parametrize("state", list(EventState))
@pytest.mark.parametrize("days", [89.9, 90])
def test_messages_that_were_followed_go_after_ninety_days_and_others_never(
    later: Later, state: EventState, days: float
) -> None:
    event = Event("evt_1", "refund.created", "refund", "re_1", API_VERSION, False, NOW)  # noqa: FBT003 - a test's event
    with transaction() as session:
        events.store(session, event, source=Source.WEBHOOK, body=b"", now=NOW)
        session.execute(update(StripeEvent).values(state=state))
    goes = days >= 90 and state in {EventState.DONE, EventState.IGNORED}
    assert later(days) == ({"stripe events": 1} if goes else {})


def test_no_setting_lets_a_message_go_that_a_sweep_may_look_for(app: Flask) -> None:
    lower = Settings.model_fields["retain_events_days"].metadata
    assert any(getattr(each, "ge", 0) > 35 for each in lower)


def receipted(session: Session) -> None:
    """Give Boris a receipt in 2026, and erase him."""
    donation = giver.paid(session)
    receipts.issue(session, donation, now=NOW)
    donor = donors.find(session, BORIS)
    assert donor is not None
    donor.address, donor.name, donor.erased_at = b"", None, NOW


def test_copies_of_erased_donors_go_at_once_where_no_law_keeps_them(later: Later) -> None:
    with transaction() as session:
        receipted(session)
    assert waiting(datetime(2026, 11, 23, tzinfo=UTC)) == 1
    assert later(1) == {"receipt copies": 1}
    assert (count(ReceiptCopy), count(Receipt)) == (0, 1)


@pytest.mark.parametrize(
    ("day", "gone"),
    [(datetime(2032, 12, 31, tzinfo=UTC), 0), (datetime(2033, 1, 1, tzinfo=UTC), 1)],
)
def test_else_at_the_end_of_the_years(later: Later, day: datetime, gone: int) -> None:
    with transaction() as session:
        receipted(session)
    assert waiting(day, receipt_keep_years=6) == gone
    taken = later((day - NOW) / timedelta(days=1), receipt_keep_years=6)
    assert taken == ({"receipt copies": 1} if gone else {})


def test_copies_of_a_donor_who_is_there_stay(later: Later) -> None:
    with transaction() as session:
        receipts.issue(session, giver.paid(session), now=NOW)
    assert (later(4000), count(ReceiptCopy)) == ({}, 1)


def waiting(now: datetime, **chosen: int) -> int:
    """Return how many copies the report says are due."""
    run = due.Run(core().settings.model_copy(update=chosen), now)
    with transaction() as session:
        return due.waiting(session, periods.RULES, run)["receipt copies"]


def test_names_of_rules_are_unlike_across_rooms_and_each_has_a_period(app: Flask) -> None:
    names = [rule.name for rule in all_of_them.RULES]
    assert len(set(names)) == len(names)
    assert all(rule.default_length() for rule in periods.RULES if not rule.in_years)
