"""Attempts that were left behind are settled without anybody's help, and never twice."""

from datetime import timedelta

from config import limits
from payments.gateway import TemporaryFailure
from payments.models.giving import CheckoutState, DonationState
from sandbox.stripe import paying
from sandbox.stripe.api import Request
from sandbox.stripe.troubles import Trouble
from tests.payments.begin.conftest import Door, row

CARD = "4242424242424242"


def test_an_attempt_whose_answer_was_lost_is_asked_for_again_with_its_own_key(door: Door) -> None:
    id_ = door.prepare()
    door.sandbox.api.troubles.order(Trouble("reset_after", count=3))
    try_to_open(door, id_)
    door.wait(limits.CHECKOUT_REST_SECONDS + 1)
    assert door.sweep() == 1
    assert (row(id_).state, door.sessions()) == (CheckoutState.OPEN, ["open"])
    keys = {request.headers["idempotency-key"] for request, _ in posts(door)}
    given = row(id_).donation
    assert given
    assert keys == {f"checkout:{given.reference}:1"}


def test_an_attempt_whose_visitor_is_on_the_way_is_left_alone(door: Door) -> None:
    door.prepare()
    assert door.sweep() == 0
    assert not door.sandbox.api.heard


def test_an_open_page_is_looked_at_only_when_its_time_is_over(door: Door) -> None:
    door.open(door.prepare())
    door.wait(limits.CHECKOUT_SECONDS - 60)
    assert door.sweep() == 0
    door.wait(120)
    assert door.sweep() == 1
    assert door.sweep() == 0


def test_a_page_that_was_not_paid_at_ends_the_gift(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    door.wait(limits.CHECKOUT_SECONDS + 1)
    door.sweep()
    given = row(id_).donation
    assert given
    assert (row(id_).state, given.state) == (CheckoutState.EXPIRED, DonationState.EXPIRED)


def test_a_payment_that_nobody_told_us_of_is_found(door: Door) -> None:
    id_ = door.prepare()
    door.open(id_)
    door.sandbox.do(paying.pay, row(id_).session_id or "", number=CARD)
    door.wait(limits.CHECKOUT_SECONDS + 1)
    door.sweep()
    given = row(id_).donation
    assert given
    assert (row(id_).state, given.state) == (CheckoutState.COMPLETE, DonationState.PAID)


def test_a_call_repeated_when_stripe_forgot_its_key_is_refused_and_opens_nothing(
    door: Door,
) -> None:
    id_ = door.prepare()
    door.sandbox.api.troubles.order(Trouble("reset_after", count=3))
    try_to_open(door, id_)
    door.wait(2 * timedelta(days=1).total_seconds())
    door.sweep()
    assert row(id_).state is CheckoutState.REFUSED
    assert door.sessions() == []
    assert [each.status for each in door.stripe.sessions(since=door.now - timedelta(days=9))] == [
        "expired"
    ]


def test_one_attempt_that_stripe_is_not_sure_of_keeps_no_other_from_being_settled(
    door: Door,
) -> None:
    first, second = door.prepare(), door.prepare(amount=7000)
    door.wait(limits.CHECKOUT_REST_SECONDS + 1)
    door.sandbox.api.troubles.order(Trouble("reset_before", count=3))
    assert door.sweep() == 1
    assert [row(each).state for each in (first, second)] == [CheckoutState.NEW, CheckoutState.OPEN]


def try_to_open(door: Door, checkout_id: int) -> None:
    try:
        door.open(checkout_id)
    except TemporaryFailure:
        return
    raise AssertionError("the answer was to be lost")


def posts(door: Door) -> list[tuple[Request, object]]:
    return [each for each in door.sandbox.api.heard if each[0].method == "POST"]
