"""What could still be paid is closed before anything is erased; where Stripe fails, another press goes on."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from payments import erasing, gateway
from payments.erasing import Erased
from payments.models.donors import Donor
from payments.models.giving import Donation, Interval, PlanState
from sandbox.stripe import subscriptions
from sandbox.stripe.troubles import Kind, Trouble
from tests.payments.erasing.leaver import Leaver

ALL_TRIES = limits.STRIPE_RETRIES + 1


@dataclass
class Meanwhile:
    """Opens transactions as the product does, and has a gift begun before one of them."""

    boris: Leaver
    before: int

    def __call__(self) -> AbstractContextManager[Session]:
        self.before -= 1
        if not self.before:
            self.boris.till.open()
        return transaction()


def erasing_fails(boris: Leaver) -> None:
    with pytest.raises(gateway.TemporaryFailure):
        boris.erase()
    assert boris.row().erased_at is None


@pytest.mark.parametrize("interval", [None, *Interval])
def test_nobody_can_pay_at_an_open_page_any_more(boris: Leaver, interval: Interval | None) -> None:
    gift = boris.till.open(interval=interval)
    boris.erase()
    assert boris.stripe.session(gift.session_id).status == "expired"
    assert boris.attempts() == ["expired"]


def test_nor_at_a_page_whose_answer_was_lost(boris: Leaver) -> None:
    boris.sandbox.api.troubles.order(
        Trouble("reset_after", "/v1/checkout/sessions", count=ALL_TRIES)
    )
    with pytest.raises(gateway.TemporaryFailure):
        boris.till.open()
    boris.erase()
    (session,) = boris.stripe.sessions(since=boris.now.replace(year=2000))
    assert session.status == "expired"


def test_a_plan_that_was_paid_and_not_heard_of_ends_too(boris: Leaver) -> None:
    boris.giver.promise()
    assert boris.erase().plans == 1
    assert boris.giver.plan().state is PlanState.ENDED
    assert [each.get("deleted") for each in boris.customers()] == [True]


def test_a_gift_that_was_paid_and_not_heard_of_is_in_the_books_without_a_name(
    boris: Leaver,
) -> None:
    boris.till.given()
    boris.erase()
    boris.giver.hear()
    (gift,) = boris.given()
    assert isinstance(gift, Donation)
    assert gift.state == "paid"
    assert [letter.template for letter in boris.letters()] == ["donor-erased"]


def test_a_plan_that_staff_ended_in_the_dashboard_is_no_hindrance(boris: Leaver) -> None:
    plan = boris.give_both()
    boris.sandbox.do(subscriptions.cancel, {}, str(plan.subscription_id))
    assert boris.erase().plans == 1
    assert boris.giver.plan().state is PlanState.ENDED


@pytest.mark.parametrize(
    ("kind", "count"),
    # The client tries again after a connection was cut, and takes 'busy' as an answer.
    [("reset_before", ALL_TRIES), ("reset_after", ALL_TRIES), ("busy", 1)],
)
@pytest.mark.parametrize("path", ["/v1/subscriptions/", "/v1/customers/"])
def test_where_stripe_fails_a_second_press_finishes(
    boris: Leaver, path: str, kind: Kind, count: int
) -> None:
    boris.give_both()
    boris.sandbox.api.troubles.order(Trouble(kind, path, "DELETE", count=count))
    erasing_fails(boris)
    boris.erase()
    assert boris.row().erased_at == boris.now
    assert boris.giver.plan().state is PlanState.ENDED
    assert [each.get("deleted") for each in boris.customers()] == [True]


def test_where_a_page_cannot_be_closed_nothing_is_ended(boris: Leaver) -> None:
    boris.give_both()
    boris.till.open()
    expire = Trouble("reset_before", "/v1/checkout/sessions", count=ALL_TRIES)
    boris.sandbox.api.troubles.order(expire)
    erasing_fails(boris)
    assert boris.giver.plan().state is PlanState.ACTIVE
    assert boris.erase().plans == 1


def test_killed_before_the_last_commit_it_is_done_by_the_next_press(boris: Leaver) -> None:
    boris.give_both()

    @contextmanager
    def killed() -> Iterator[Session]:
        with transaction() as session:
            yield session
            if session.scalar(select(Donor.erased_at)):
                raise OSError("killed")

    with pytest.raises(OSError, match="killed"):
        boris.erase(begin=killed)
    assert boris.row().erased_at is None
    boris.erase()
    assert boris.row().erased_at == boris.now


@pytest.mark.parametrize("before", [3, 4, 5])
def test_what_is_begun_meanwhile_is_closed_by_the_next_press(boris: Leaver, before: int) -> None:
    boris.till.given()
    boris.giver.hear()
    with pytest.raises(erasing.NotYet, match="once more"):
        boris.erase(begin=Meanwhile(boris, before))
    assert boris.row().erased_at is None
    boris.erase()
    assert boris.attempts() == ["complete", "expired"]


def test_two_presses_at_once_are_one(boris: Leaver, app: Flask) -> None:
    boris.give_both()
    done: list[Erased] = []

    def press() -> None:
        with app.app_context():
            done.append(boris.erase())

    presses = [Thread(target=press) for _ in range(3)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(each.copies_deleted for each in done) == [0, 0, 2]
    assert [letter.template for letter in boris.letters()] == ["donor-erased"]
