"""`flask doctor` says who looks after the money, what waits too long, and whether the books hold."""

import contextvars
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import update

from config import limits
from db.session import transaction
from payments import tasks
from payments.models.events import Reconciliation, TaskKind
from payments.models.giving import Checkout
from sandbox.stripe.server import Stripe
from staff.models import StaffMember
from tests.cast import Staff, hire
from tests.payments.retention.conftest import attempt, begun

Told = Callable[..., list[str]]
DAY = timedelta(days=1)


@pytest.fixture
def told(build: Callable[..., Flask], app: Flask) -> Iterator[Told]:
    """Run the command beside a Stripe that answers; return what it says of the money."""
    with Stripe() as sandbox:

        def run(key: str | None = "rk_test_0123456789") -> list[str]:
            runner = build(
                stripe_api_key=SecretStr(key) if key else None, stripe_api_base=sandbox.base
            ).test_cli_runner()
            done = contextvars.Context().run(runner.invoke, args=["doctor", "--json"])
            said: list[str] = json.loads(done.stdout)["checks"]["money"]
            return said

        yield run


@pytest.fixture
def emil(app: Flask) -> Staff:
    """Give somebody who looks after the money."""
    return hire("emil", "finance")


def ask(due_at: datetime, about: str = "dp_1") -> None:
    with transaction() as session:
        now = datetime.now(UTC)
        tasks.ask(session, TaskKind.DISPUTE, about, donation_id=None, due_at=due_at, now=now)


def compared(ago: timedelta, *, holds: bool = True) -> None:
    with transaction() as session:
        session.add(Reconciliation(at=datetime.now(UTC) - ago, holds=holds, document={}))


def test_a_house_in_order_says_nothing(told: Told, emil: Staff) -> None:
    ask(datetime.now(UTC) + DAY)
    compared(DAY)
    assert told() == []


def test_where_donations_are_off_nobody_is_missed(told: Told) -> None:
    assert told(key=None) == []


def test_nobody_to_tell_is_a_fault(told: Told) -> None:
    hire("dana", "approver")
    (fault,) = told()
    assert fault.startswith("nobody of the staff has the role finance or admin")


def test_nobody_of_finance_is_a_fault_where_there_are_administrators(told: Told) -> None:
    hire("noor", "admin")
    (fault,) = told()
    assert "administrators alone" in fault


def test_who_is_no_longer_active_counts_for_nobody(told: Told, emil: Staff) -> None:
    with transaction() as session:
        session.execute(update(StaffMember).values(active=False))
    assert len(told()) == 1


def test_tasks_that_are_overdue_are_counted_with_the_oldest_day(told: Told, emil: Staff) -> None:
    oldest = datetime.now(UTC) - 3 * DAY
    for number, due_at in enumerate((oldest + DAY, oldest, oldest + 9 * DAY)):
        ask(due_at, f"dp_{number}")
    (fault,) = told()
    assert f"overdue: 2, the oldest since {oldest:%Y-%m-%d}" in fault


def test_books_that_do_not_hold_are_a_fault_until_they_do(told: Told, emil: Staff) -> None:
    compared(DAY, holds=False)
    (fault,) = told()
    assert "books-differ.md" in fault
    compared(DAY / 2)
    assert told() == []


def test_books_that_nobody_compares_are_a_fault(told: Told, emil: Staff) -> None:
    compared(timedelta(seconds=limits.BOOKS_LATE_SECONDS + 60))
    (fault,) = told()
    assert "were not compared" in fault


@pytest.mark.parametrize(("days", "faults"), [(1, 0), (3, 1)])
def test_before_the_first_comparison_the_first_page_counts(
    told: Told, emil: Staff, days: int, faults: int
) -> None:
    attempt(begun(), "expired")
    with transaction() as session:
        session.execute(update(Checkout).values(created_at=datetime.now(UTC) - days * DAY))
    assert len(told()) == faults
