"""Staff give money back: never more than is left, once however it is pressed, and never lost between us."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from config import limits
from db.session import transaction
from payments import gateway, refundable, refunding
from payments.models.events import MoneyTask
from payments.models.giving import Channel, Donation, GivingEvent
from payments.models.money import Payment, Refund
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import disputes
from sandbox.stripe import refunds as at_stripe
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.cast import Staff, hire
from tests.payments.applying import seen
from tests.payments.applying.test_pay_twice import paid_twice
from tests.payments.applying.till import NOW, Till, opened

Context = Callable[[], AbstractContextManager[object]]
LATER = NOW + timedelta(seconds=limits.REFUND_REST_SECONDS + 1)
FORGOTTEN = NOW + timedelta(seconds=limits.REFUND_KEY_SECONDS + 1)


@pytest.fixture
def till(app: Flask) -> Iterator[Till]:
    """Give a till beside a sandbox that nobody has used."""
    with Stripe() as sandbox:
        yield Till(sandbox, opened(sandbox.base))


@pytest.fixture
def bo(app: Flask) -> Staff:
    """Hire Bo, who looks after the money."""
    return hire("bo", "finance")


def paid(till: Till, amount: int = 2500) -> tuple[int, str]:
    """Have Boris give; return the gift's number and its payment intent."""
    gift, intent_id = till.given(amount)
    till.hear("payment_intent", intent_id)
    return gift.given_id, intent_id


def ask(bo: Staff, donation_id: int, amount: int, **more: int) -> int:
    with transaction() as session:
        return refunding.ask(session, donation_id, amount, staff_id=bo.id, now=NOW, **more).id


def give_back(till: Till, bo: Staff, donation_id: int, amount: int, **more: int) -> Refund:
    refund_id = ask(bo, donation_id, amount, **more)
    return refunding.send(till.gateway, transaction, refund_id, now=NOW)


def at_the_bank(till: Till) -> list[tuple[int, str]]:
    """Return the refunds that Stripe has made, the newest first."""
    made = till.gateway.refunds(since=NOW - timedelta(days=1))
    return [(each.amount, each.status) for each in made]


def break_off(till: Till, kind: str) -> None:
    """Let Stripe's answer to a refund be lost, and each time the library asks again."""
    till.sandbox.api.troubles.order(Trouble(kind, path="/v1/refunds", count=3))  # type: ignore[arg-type] # one of its kinds


def test_a_part_is_given_back_and_said_in_writing(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    refund = give_back(till, bo, donation_id, 1000)
    assert (refund.status, refund.asked_by) == ("succeeded", bo.id)
    assert at_the_bank(till) == [(1000, "succeeded")]
    assert seen.receipts() == [("gift", 2500), ("correction", 1500)]
    assert seen.mails() == ["receipt", "receipt-corrected", "donation-refunded"]
    assert seen.events() == ["paid", "refund asked for", "refunded"]


def test_the_event_of_our_own_refund_adds_nothing(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    refund = give_back(till, bo, donation_id, 1000)
    till.hear("refund", str(refund.refund_id))
    assert len(seen.every(Refund)) == 1
    assert [category for category, _ in seen.ledger()] == ["charge", "refund"]


def test_who_asked_is_named_in_the_gifts_story(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    give_back(till, bo, donation_id, 1000)
    named = [(each.what, each.detail) for each in seen.every(GivingEvent) if each.staff_id == bo.id]
    assert named == [("refund asked for", "1000")]


@pytest.mark.parametrize("amount", [0, -1, 2501, 10**18])
def test_what_is_more_than_the_payment_or_nothing_is_refused(
    till: Till, bo: Staff, amount: int
) -> None:
    donation_id, _ = paid(till)
    with pytest.raises(refunding.BadAmount, match=r"At most €25\.00 is left"):
        ask(bo, donation_id, amount)
    assert seen.every(Refund) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(asked=st.lists(st.integers(-100, 2600), max_size=6))
def test_refunds_together_are_never_more_than_the_payment(
    till: Till, bo: Staff, asked: list[int]
) -> None:
    donation_id, intent_id = paid(till)
    for amount in asked:
        with suppress(refunding.Refused):
            give_back(till, bo, donation_id, amount)
    ours = [each for each in seen.every(Refund) if each.payment_intent_id == intent_id]
    made = till.gateway.refunds(since=NOW - timedelta(days=1))
    theirs = [each.amount for each in made if each.payment_intent_id == intent_id]
    assert sum(theirs) == sum(each.amount for each in ours) <= 2500
    assert all(amount > 0 for amount in theirs)


def test_what_was_given_back_in_the_dashboard_is_not_given_back_again(
    till: Till, bo: Staff
) -> None:
    donation_id, intent_id = paid(till)
    made = till.sandbox.do(at_stripe.create, {"payment_intent": intent_id, "amount": 2000})
    till.hear("refund", made["id"])
    with pytest.raises(refunding.BadAmount, match=r"€5\.00"):
        ask(bo, donation_id, 501)
    give_back(till, bo, donation_id, 500)
    with pytest.raises(refunding.Refused, match="All of this payment was given back"):
        ask(bo, donation_id, 1)


def test_one_that_came_back_can_be_given_again(till: Till, bo: Staff) -> None:
    gift, intent_id = till.given(number="4000000000005126")
    till.hear("payment_intent", intent_id)
    refund = give_back(till, bo, gift.given_id, 2500)
    till.sandbox.advance(60)
    till.hear("refund", str(refund.refund_id))
    assert give_back(till, bo, gift.given_id, 2500).id != refund.id


def test_of_a_gift_that_was_paid_twice_the_second_payment_can_be_chosen(
    till: Till, bo: Staff
) -> None:
    gift, first, again = paid_twice(till)
    for intent_id in (first, again):
        till.hear("payment_intent", intent_id)
    donation_id, second = gift.given_id, seen.every(Payment)[-1]
    give_back(till, bo, donation_id, 2500, payment_id=second.id)
    assert [each.payment_intent_id for each in seen.every(Refund)] == [again]
    assert seen.tasks()[("paid twice", again)] == "given back whole"
    with transaction() as session:
        stands = refundable.of_gift(session, session.get_one(Donation, donation_id))
    assert [(each.amount, each.payment.duplicate) for each in stands] == [(2500, False), (0, True)]


def test_another_gifts_payment_is_not_found(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    paid(till)
    other = seen.every(Payment)[-1]
    with pytest.raises(refunding.Refused, match="no such payment of this gift"):
        ask(bo, donation_id, 100, payment_id=other.id)


def test_what_was_not_paid_is_not_given_back(till: Till, bo: Staff) -> None:
    with pytest.raises(refunding.Refused, match="not paid"):
        ask(bo, till.open().given_id, 100)


def test_an_offline_gift_names_the_page_where_it_is_taken_back(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    offline = {"channel": Channel.CHEQUE, "received_on": NOW.date(), "entered_by": bo.id}
    with transaction() as session:
        session.execute(update(Donation).values(offline))
    with pytest.raises(refunding.Refused, match="Cheques and transfers"):
        ask(bo, donation_id, 100)


@pytest.mark.parametrize("end", [None, disputes.lose, disputes.win])
def test_a_disputed_payment_is_not_given_back_beside_its_dispute(
    till: Till, bo: Staff, end: Callable[..., object] | None
) -> None:
    donation_id, intent_id = paid(till)
    dispute = till.sandbox.do(disputes.begin, till.charge_of(intent_id))
    if end is not None:
        till.sandbox.do(end, dispute["id"])
    till.hear("dispute", dispute["id"])
    with pytest.raises(refunding.Refused, match=r"dispute"):
        ask(bo, donation_id, 100)


def test_an_inquiry_is_answered_by_giving_back_whole(till: Till, bo: Staff) -> None:
    donation_id, intent_id = paid(till)
    inquiry = till.sandbox.do(disputes.begin, till.charge_of(intent_id), inquiry=True)
    till.hear("dispute", inquiry["id"])
    give_back(till, bo, donation_id, 2500)
    till.hear("dispute", inquiry["id"])
    assert seen.tasks() == {("inquiry", inquiry["id"]): "warning_closed"}


def test_a_second_press_of_the_same_form_asks_for_nothing(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    give_back(till, bo, donation_id, 1000, after=0)
    with pytest.raises(refunding.Overtaken):
        ask(bo, donation_id, 1000, after=0)
    assert at_the_bank(till) == [(1000, "succeeded")]


def test_while_one_is_under_way_no_other_is_asked_for(till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)
    ask(bo, donation_id, 1000)
    with pytest.raises(refunding.Refused, match="Stripe is being asked"):
        ask(bo, donation_id, 1000)


def test_two_who_ask_at_once_ask_once(app: Flask, till: Till, bo: Staff) -> None:
    donation_id, _ = paid(till)

    def press(_: int) -> bool:
        with app.app_context(), suppress(refunding.Refused):
            give_back(till, bo, donation_id, 1500, after=0)
            return True
        return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(press, range(6))) == 1
    assert at_the_bank(till) == [(1500, "succeeded")]


def test_killed_between_row_and_call_it_is_asked_for_once_by_the_sweep(
    till: Till, bo: Staff
) -> None:
    donation_id, _ = paid(till)
    ask(bo, donation_id, 1000)
    assert refunding.sweep(till.gateway, transaction, now=NOW) == 0
    assert [refunding.sweep(till.gateway, transaction, now=LATER) for _ in range(2)] == [1, 0]
    assert at_the_bank(till) == [(1000, "succeeded")]
    assert seen.receipts() == [("gift", 2500), ("correction", 1500)]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_an_answer_that_was_lost_is_asked_for_again_with_its_own_key(
    till: Till, bo: Staff, kind: str
) -> None:
    donation_id, _ = paid(till)
    break_off(till, kind)
    with pytest.raises(gateway.TemporaryFailure):
        give_back(till, bo, donation_id, 1000)
    assert [each.status for each in seen.every(Refund)] == ["new"]
    refunding.sweep(till.gateway, transaction, now=LATER)
    assert at_the_bank(till) == [(1000, "succeeded")]
    posts = [each for each, _ in till.sandbox.api.heard if each.path == "/v1/refunds"]
    keys = {each.headers["idempotency-key"] for each in posts if each.method == "POST"}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("kind", "made"),
    [("reset_before", 0), ("reset_after", 1), ("error_before", 0), ("error_after", 1)],
)
def test_where_stripe_may_have_forgotten_the_key_it_looks_and_asks_no_second_time(
    till: Till, bo: Staff, kind: str, made: int
) -> None:
    donation_id, _ = paid(till)
    break_off(till, kind)
    with pytest.raises(gateway.TemporaryFailure):
        give_back(till, bo, donation_id, 1000)
    till.sandbox.advance(limits.REFUND_KEY_SECONDS + 24 * 3600)
    refunding.sweep(till.gateway, transaction, now=FORGOTTEN)
    assert at_the_bank(till) == [(1000, "succeeded")] * made
    assert [each.status for each in seen.every(Refund)] == ["succeeded" if made else "failed"]


@pytest.mark.parametrize("later", [LATER, FORGOTTEN])
def test_where_our_key_was_revoked_after_the_call_nobody_can_give_back_again(
    till: Till, bo: Staff, later: datetime
) -> None:
    donation_id, _ = paid(till)
    break_off(till, "reset_after")
    with pytest.raises(gateway.TemporaryFailure):
        give_back(till, bo, donation_id, 1000)
    revoked = StripeGateway("revoked", base=till.sandbox.base, secrets=("whsec_x",), live=False)
    assert refunding.sweep(revoked, transaction, now=later) == 0
    with pytest.raises(refunding.Refused, match="Stripe is being asked"):
        ask(bo, donation_id, 1000)
    assert refunding.sweep(till.gateway, transaction, now=later) == 1
    assert at_the_bank(till) == [(1000, "succeeded")]


def test_what_stripe_refuses_has_failed_with_its_word_and_staff_are_asked(
    till: Till, bo: Staff
) -> None:
    donation_id, intent_id = paid(till)
    till.sandbox.do(at_stripe.create, {"payment_intent": intent_id, "amount": 2500})
    with pytest.raises(gateway.PermanentFailure):
        give_back(till, bo, donation_id, 1000)
    (row,) = seen.every(Refund)
    assert (row.status, row.failure_reason) == ("failed", "charge_already_refunded")
    assert seen.events()[-1] == "refund refused"
    assert [each.kind.value for each in seen.every(MoneyTask)] == ["refund failed"]


def test_one_that_stripe_refuses_keeps_no_other_from_being_asked_for(till: Till, bo: Staff) -> None:
    (first, intent_id), (second, _) = paid(till), paid(till)
    for donation_id in (first, second):
        ask(bo, donation_id, 1000)
    till.sandbox.do(at_stripe.create, {"payment_intent": intent_id, "amount": 2500})
    refunding.sweep(till.gateway, transaction, now=LATER)
    asked = [each.status for each in seen.every(Refund) if each.asked_by]
    assert asked == ["failed", "succeeded"]
    assert len(seen.every(MoneyTask)) == 1
