"""Refunds, whole and in part, ours and the dashboard's, before their payment, and those that come back."""

from datetime import datetime

import pytest

from db.session import transaction
from payments.models.money import Refund
from sandbox.stripe import refunds
from sandbox.stripe.things import Thing
from tests.payments.applying import seen
from tests.payments.applying.till import DEBIT, NOW, Till, apply

BACK = "4000000000005126"


def give_back(till: Till, intent_id: str, amount: int) -> str:
    """Give an amount back in Stripe's dashboard; return the refund's id."""
    refund: Thing = till.sandbox.do(refunds.create, {"payment_intent": intent_id, "amount": amount})
    return str(refund["id"])


def test_two_equal_refunds_are_two(till: Till) -> None:
    gift, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    for _ in range(2):
        till.hear("refund", give_back(till, intent_id, 500))
    assert [each.amount for each in seen.every(Refund)] == [500, 500]
    assert seen.receipts() == [("gift", 2500), ("correction", 2000), ("correction", 1500)]
    assert (seen.standing_of(gift).refunded, seen.standing_of(gift).kept) == (1000, 1500)
    assert [category for category, _ in seen.ledger()] == ["charge", "refund", "refund"]


def test_each_refund_is_told_to_its_donor_once(till: Till) -> None:
    _, intent_id = till.given()
    refund = give_back(till, intent_id, 500)
    for kind, id_ in [("payment_intent", intent_id), ("refund", refund), ("refund", refund)]:
        till.hear(kind, id_)
    assert seen.mails() == ["receipt", "receipt-corrected", "donation-refunded"]


def test_a_refund_before_its_payment_is_held_and_applied_with_it(till: Till) -> None:
    gift, intent_id = till.given()
    till.hear("refund", give_back(till, intent_id, 2500))
    assert (seen.receipts(), seen.mails()) == ([], [])
    assert [category for category, _ in seen.ledger()] == ["refund"]
    till.hear("payment_intent", intent_id)
    assert seen.receipts() == [("gift", 2500), ("correction", 0)]
    assert (seen.donation(gift).state, seen.standing_of(gift).kept) == ("paid", 0)


def test_a_refund_that_comes_back_is_ours_again_and_staff_hear(till: Till) -> None:
    gift, intent_id = till.given(number=BACK)
    till.hear("payment_intent", intent_id)
    refund = give_back(till, intent_id, 1000)
    till.hear("refund", refund)
    till.sandbox.advance(60)
    till.hear("refund", refund)
    assert seen.standing_of(gift).kept == 2500
    assert seen.tasks() == {("refund failed", refund): None}
    assert seen.receipts() == [("gift", 2500), ("correction", 1500), ("correction", 2500)]
    assert [amount for _, amount in seen.ledger()][1:] == [-1000, 1000]


def test_a_refund_first_heard_of_when_it_came_back_corrects_nothing(till: Till) -> None:
    _, intent_id = till.given(number=BACK)
    refund = give_back(till, intent_id, 1000)
    till.sandbox.advance(60)
    till.hear("refund", refund)
    till.hear("payment_intent", intent_id)
    assert seen.receipts() == [("gift", 2500)]
    assert seen.tasks() == {("refund failed", refund): None}
    assert seen.mails() == ["receipt"]


def test_a_refund_that_came_back_does_not_go_again_when_older_news_is_late(till: Till) -> None:
    gift, intent_id = till.given(number=BACK)
    till.hear("payment_intent", intent_id)
    refund = give_back(till, intent_id, 1000)
    older = till.news("refund", refund)
    till.sandbox.advance(60)
    till.hear("refund", refund)
    apply(older)
    assert [each.status for each in seen.every(Refund)] == ["failed"]
    assert seen.standing_of(gift).kept == 2500


def test_a_refund_to_a_bank_counts_while_it_is_under_way(till: Till) -> None:
    _, intent_id = till.given(number=DEBIT)
    till.sandbox.advance(5 * 24 * 3600)
    till.hear("payment_intent", intent_id)
    refund = give_back(till, intent_id, 400)
    till.hear("refund", refund)
    assert [each.status for each in seen.every(Refund)] == ["pending"]
    till.sandbox.advance(3 * 24 * 3600)
    till.hear("refund", refund)
    assert [each.status for each in seen.every(Refund)] == ["succeeded"]
    assert seen.receipts() == [("gift", 2500), ("correction", 2100)]


def test_the_answer_to_our_own_request_is_its_row(till: Till) -> None:
    _, intent_id = till.given()
    asked(intent_id, 300, NOW)
    till.hear("refund", give_back(till, intent_id, 700))
    till.hear("refund", give_back(till, intent_id, 300))
    assert sorted((each.amount, each.status) for each in seen.every(Refund)) == [
        (300, "succeeded"),
        (700, "succeeded"),
    ]


@pytest.mark.parametrize("refunded", [True, False])
def test_what_was_only_asked_takes_nothing_yet(till: Till, *, refunded: bool) -> None:
    gift, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    asked(intent_id, 300, NOW)
    if refunded:
        till.hear("refund", give_back(till, intent_id, 300))
    assert seen.standing_of(gift).kept == (2200 if refunded else 2500)


def asked(intent_id: str, amount: int, now: datetime) -> None:
    """Write a refund down that Stripe has not been asked for yet, as the console does."""
    with transaction() as session:
        session.add(
            Refund(
                payment_intent_id=intent_id,
                amount=amount,
                currency="EUR",
                status="new",
                made_at=now,
            )
        )
