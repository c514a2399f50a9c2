"""A gift has one page to be paid at, whatever is lost on the way."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import limits
from db.session import transaction
from payments import checkouts
from payments.gateway import PermanentFailure, TemporaryFailure
from payments.models.giving import Checkout, CheckoutState, DonationState, PlanState
from sandbox.stripe import paying
from sandbox.stripe.troubles import Kind, Trouble
from tests.cast import BORIS
from tests.payments.begin.conftest import Door, everything_given, row

CARD, BAD_DEBIT = "4242424242424242", "AT861904300235473202"


def test_the_row_is_there_before_stripe_is_asked(door: Door) -> None:
    checkout = row(door.prepare())
    assert (checkout.state, checkout.session_id, checkout.attempt) == (CheckoutState.NEW, None, 1)
    assert not door.sandbox.api.heard


def test_a_page_is_opened_for_the_amount_and_written_down(door: Door) -> None:
    id_ = door.prepare(amount=5176, costs=176)
    url = door.open(id_)
    checkout = row(id_)
    told = door.stripe.session(checkout.session_id or "")
    assert (told.amount, told.currency, told.mode, told.url) == (5176, "EUR", "payment", url)
    assert (checkout.state, checkout.url) == (CheckoutState.OPEN, url)
    assert checkout.donation
    assert checkout.donation.state is DonationState.OPEN


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_plan_begins_with_a_subscription_that_names_it(door: Door, interval: str) -> None:
    id_ = door.prepare(interval=interval)
    door.open(id_)
    session_id = row(id_).session_id or ""
    door.sandbox.do(paying.pay, session_id, number=CARD)
    begun = door.stripe.subscription(door.stripe.session(session_id).subscription_id or "")
    plan = row(id_).plan
    assert plan
    assert (begun.plan_reference, begun.interval) == (str(plan.reference), interval)
    assert (begun.amount, begun.currency) == (5000, "EUR")
    assert plan.state is PlanState.PENDING


def test_the_same_form_twice_is_one_gift_and_one_page(door: Door) -> None:
    first, second = door.prepare(), door.prepare()
    assert first == second
    assert door.open(first) == door.open(second)
    assert door.sessions() == ["open"]
    assert len(everything_given()) == 1


def test_the_same_form_with_another_amount_is_another_gift(door: Door) -> None:
    assert door.prepare() != door.prepare(amount=7000)
    assert len(everything_given()) == 2


def test_attempts_of_one_form_know_of_each_other_and_of_no_others(
    door: Door, session: Session
) -> None:
    first = door.prepare()
    others = [door.prepare(amount=7000), door.prepare(interval="month")]
    door.prepare(nonce="a form of another")
    given = session.get_one(Checkout, first).donation
    assert given
    assert sorted(checkouts.of_same_form(session, given)) == others


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "busy", "html", "error_before"])
def test_what_went_wrong_between_us_and_stripe_opens_no_second_page(door: Door, kind: Kind) -> None:
    id_ = door.prepare()
    door.sandbox.api.troubles.order(Trouble(kind, count=1 if kind == "busy" else 3))
    with pytest.raises(TemporaryFailure):
        door.open(id_)
    assert row(id_).state is CheckoutState.NEW
    if kind != "error_before":  # which Stripe repeats for a day
        door.open(door.prepare())
        assert door.sessions() == ["open"]


def test_an_answer_lost_once_is_not_even_noticed(door: Door) -> None:
    door.sandbox.api.troubles.order(Trouble("reset_after"))
    door.open(door.prepare())
    assert door.sessions() == ["open"]


def test_a_page_that_stripe_refuses_ends_the_attempt_and_not_the_gift(door: Door) -> None:
    id_ = door.prepare(amount=10)
    with pytest.raises(PermanentFailure):
        door.open(id_)
    assert row(id_).state is CheckoutState.REFUSED
    assert row(door.prepare(amount=10)).attempt == 2


def test_nothing_of_the_person_is_told_to_stripe(door: Door) -> None:
    secrets = {
        "name": "Boris Nobody",
        "tribute_name": "Grandmother Anna",
        "notice_address": "anna@example.org",
        "message": "Keep going",
    }
    door.open(door.prepare(**secrets))
    door.open(door.prepare(interval="month", **secrets))
    heard = [request.body + str(request.headers).encode() for request, _ in door.sandbox.api.heard]
    assert len(heard) == 2
    for word in (BORIS, *secrets.values()):
        for spelled in (word, word.replace("@", "%40"), word.replace(" ", "+")):
            assert not any(spelled.encode() in each for each in heard)


def test_a_paid_gift_needs_no_page(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    door.sandbox.do(paying.pay, row(id_).session_id or "", number=CARD)
    door.settle(id_)
    with pytest.raises(checkouts.Over) as over:
        door.prepare()
    assert over.value.session_id == row(id_).session_id


def test_a_debit_that_failed_may_be_tried_again(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    door.sandbox.do(paying.pay, row(id_).session_id or "", number=BAD_DEBIT)
    door.settle(id_)
    with pytest.raises(checkouts.Over):
        door.prepare()
    door.wait(14 * 24 * 3600)
    door.hear(id_)
    assert row(id_).donation.state is DonationState.FAILED  # type: ignore[union-attr] # it has one
    assert row(door.prepare()).attempt == 2


def test_a_page_nobody_paid_at_in_time_is_followed_by_another(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    door.wait(limits.CHECKOUT_SECONDS + 1)
    with pytest.raises(checkouts.Unsettled) as unsettled:
        door.prepare()
    assert unsettled.value.checkout_id == id_
    door.settle(id_)
    assert row(id_).state is CheckoutState.EXPIRED
    assert row(door.prepare()).attempt == 2


def test_a_page_paid_in_the_last_moment_is_followed_by_none(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    door.sandbox.do(paying.pay, row(id_).session_id or "", number=CARD)
    door.wait(limits.CHECKOUT_SECONDS + 1)
    door.settle(id_)
    with pytest.raises(checkouts.Over):
        door.prepare()


def test_a_withdrawn_page_can_be_paid_at_no_more(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    checkouts.withdraw(door.stripe, transaction, id_, now=door.now)
    assert (row(id_).state, door.sessions()) == (CheckoutState.EXPIRED, ["expired"])


def test_the_database_lets_no_gift_have_two_payable_attempts(door: Door, session: Session) -> None:
    kept = row(door.prepare())
    twin = Checkout(donation_id=kept.donation_id, attempt=2, request={}, expires_at=kept.expires_at)
    session.add(twin)
    with pytest.raises(IntegrityError, match="uq_checkout_payable_donation"):
        session.flush()
    session.rollback()
