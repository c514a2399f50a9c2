"""Who never paid is forgotten a month after the last try; the tries stay, and lead to nobody."""

import threading
import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from config import limits
from db import due
from db.base import db
from db.session import transaction
from payments import donors, forgetting, giving, periods, receipts
from payments.giving import Words
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, GivingEvent, Interval, Plan
from payments.models.money import Payment
from tests.builders import NOW
from tests.cast import BORIS
from tests.payments.receipts.giver import letters
from tests.payments.retention.conftest import (
    Later,
    attempt,
    begun,
    donor,
    paid,
    put,
    said,
)
from tests.payments.test_join_list import pass_on
from wiring.core import core

MONTH = Interval.MONTH


def is_there() -> bool:
    with transaction() as session:
        return donors.find(session, BORIS) is not None


def events(given: Donation | Plan) -> list[str]:
    with transaction() as session:
        of = GivingEvent.plan_id if isinstance(given, Plan) else GivingEvent.donation_id
        return list(session.scalars(select(GivingEvent.what).where(of == given.id)))


@pytest.mark.parametrize("interval", [None, MONTH])
def test_who_never_paid_is_forgotten_with_all_they_wrote(
    later: Later, interval: Interval | None
) -> None:
    given = begun(interval=interval, joins_list=True)
    attempt(given, "expired")
    assert (later(29.9), is_there()) == ({}, True)
    assert later(30) == {"never paid": 1}
    row = donor()
    assert (row.address, row.name, row.postal_address) == (b"", None, None)
    assert (row.erased_at, row.token_version) == (NOW + timedelta(days=30), 2)
    assert (is_there(), said(given), pass_on()) == (False, Words(), [])
    assert events(given) == [giving.BEGUN, forgetting.NEVER_PAID]


def test_a_nonce_which_is_made_of_the_address_goes_too(later: Later) -> None:
    given = begun()
    later(30)
    with transaction() as session:
        row = session.get_one(Donation, given.id)
        assert (row.nonce, row.words, row.state) == (None, None, "created")


def test_it_is_done_once(later: Later) -> None:
    begun()
    assert [later(days) for days in (30, 31, 400)] == [{"never paid": 1}, {}, {}]


@pytest.mark.parametrize("state", ["paid", "processing"])
def test_who_paid_or_whose_money_is_on_its_way_stays(later: Later, state: str) -> None:
    given = begun(tribute=None)
    put(given, state=state, paid_at=NOW if state == "paid" else None)
    assert (later(400), is_there()) == ({}, True)


@pytest.mark.parametrize("state", ["created", "open", "failed", "expired"])
def test_a_gift_that_did_not_arrive_keeps_nobody(later: Later, state: str) -> None:
    put(begun(), state=state)
    later(30)
    assert not is_there()


@pytest.mark.parametrize("state", ["active", "past due", "unpaid", "paused", "ending"])
def test_whose_plan_stands_stays(later: Later, state: str) -> None:
    put(begun(interval=MONTH, tribute=None), state=state, subscription_id="sub_1")
    assert (later(400), is_there()) == ({}, True)


@pytest.mark.parametrize("state", ["new", "open"])
@pytest.mark.parametrize("interval", [None, MONTH])
def test_whose_page_may_be_paid_at_for_all_we_know_stays(
    later: Later, interval: Interval | None, state: str
) -> None:
    attempt(begun(interval=interval), state)
    assert (later(400), is_there()) == ({}, True)


def test_whose_plan_was_paid_for_but_is_not_heard_of_stays(later: Later) -> None:
    attempt(begun(interval=MONTH), "complete")
    assert (later(400), is_there()) == ({}, True)


def test_whose_plan_is_linked_but_was_not_begun_stays_until_it_has_ended(later: Later) -> None:
    plan = begun(interval=MONTH)
    put(plan, subscription_id="sub_1")
    assert (later(400), is_there()) == ({}, True)
    put(plan, state="ended")
    assert later(400) == {"never paid": 1}


def test_the_last_try_counts(later: Later) -> None:
    begun("the first")
    put(begun("the last"), created_at=NOW + timedelta(days=20))
    assert (later(49), is_there()) == ({"unpaid gifts": 1}, True)
    assert later(50) == {"never paid": 1}


def test_a_new_page_for_an_old_gift_is_a_try(later: Later) -> None:
    attempt(begun(), "expired", at=NOW + timedelta(days=20))
    assert [later(days) for days in (49, 50)] == [{}, {"never paid": 1}]


def test_the_period_is_the_deployments(later: Later) -> None:
    begun()
    assert later(30, retain_unpaid_days=90) == {}
    assert later(90, retain_unpaid_days=90) == {"never paid": 1}


def test_who_comes_back_is_a_new_donor(later: Later) -> None:
    begun()
    later(30)
    again = begun()
    with transaction() as session:
        assert session.get_one(Donor, again.donor_id or 0).erased_at is None
        assert len(session.scalars(select(Donor)).all()) == 2


def test_who_gives_just_now_is_left_for_the_next_run(later: Later) -> None:
    begun()
    with transaction() as session:
        session.execute(select(Donor.id).with_for_update())
        later(30)
        assert is_there()
    assert later(30) == {"never paid": 1}


def test_whose_money_is_heard_of_while_they_are_looked_at_stays(app: Flask, later: Later) -> None:
    given = begun(tribute=None)

    def run() -> None:
        with app.app_context():
            later(30)

    with transaction() as session:
        session.get_one(Donation, given.id, with_for_update=True).state = DonationState.PROCESSING
        thread = threading.Thread(target=run)
        thread.start()
        wait_for_a_lock()
    thread.join()
    assert is_there()


def test_who_comes_back_while_they_are_forgotten_is_a_new_donor(app: Flask) -> None:
    begun()

    def run() -> None:
        with app.app_context():
            begun("another form")

    with transaction() as session:
        session.execute(select(Donor.id).with_for_update())
        thread = threading.Thread(target=run)
        thread.start()
        wait_for_a_lock()
        rule, soon = periods.RULES[0], due.Run(core().settings, NOW + timedelta(days=30))
        assert forgetting.forget_donors(session, rule, soon) == 1
    thread.join()
    with transaction() as session:
        assert [row.erased_at is None for row in session.scalars(of_all())] == [False, True]


def test_chunk_by_chunk_all_of_them_go(later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RETENTION_CHUNK", 2)
    for number in range(5):
        begun(address=f"boris{number}@example.org")
    assert later(30) == {"never paid": 5}
    with transaction() as session:
        assert len({row.address_index for row in session.scalars(select(Donor))}) == 5


def test_money_that_comes_after_all_is_in_the_books_and_mailed_to_nobody(later: Later) -> None:
    given = begun()
    later(30)
    donation_id = paid(given, at=NOW + timedelta(days=31)).id
    with transaction() as session:
        donation = session.get_one(Donation, donation_id)
        pay(session, donation)
        receipt = receipts.issue(session, donation, now=NOW)
        assert (receipt.amount, letters(session)) == (donation.amount, [])


def pay(session: Session, donation: Donation) -> None:
    """Add the payment of a donation."""
    amount, currency = donation.amount, donation.currency
    session.add(
        Payment(
            payment_intent_id="pi_1",
            donation_id=donation.id,
            amount=amount,
            currency=currency,
            paid_at=NOW,
        )
    )
    session.flush()


def of_all() -> Select[Donor]:
    return select(Donor).order_by(Donor.id)


def wait_for_a_lock() -> None:
    """Wait until somebody in the database waits for a lock."""
    waiting = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with db.engine.connect() as connection:
            if connection.scalar(waiting):
                return
        time.sleep(0.02)
    pytest.fail("nobody waits")
