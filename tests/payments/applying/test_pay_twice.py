"""A gift that was paid twice: both payments stand, the second is marked, and staff decide."""

from db.session import transaction
from payments.models.money import Payment
from sandbox.stripe import refunds
from tests.payments.applying import seen
from tests.payments.applying.till import Gift, Till


def paid_twice(till: Till) -> tuple[Gift, str, str]:
    """Pay two pages of one gift, as two windows could; return the gift and both intents."""
    gift, first = till.given()
    with transaction() as session:
        request = dict(seen.checkout(session, gift).request)
    second = till.gateway.open_session(request, key="another window")
    other = till.pay(Gift(gift.given_id, second.id))
    return gift, first, other


def test_both_payments_stand_and_the_second_heard_is_marked(till: Till) -> None:
    gift, first, second = paid_twice(till)
    till.hear("payment_intent", first)
    till.hear("payment_intent", second)
    marks = {each.payment_intent_id: each.duplicate for each in seen.every(Payment)}
    assert marks == {first: False, second: True}
    assert seen.tasks() == {("paid twice", second): None}
    assert (seen.receipts(), len(seen.ledger())) == ([("gift", 2500)], 2)
    assert seen.standing_of(gift).kept == 2500


def test_the_second_given_back_settles_the_question_and_takes_nothing(till: Till) -> None:
    gift, first, second = paid_twice(till)
    till.hear("payment_intent", first)
    till.hear("payment_intent", second)
    refund = till.sandbox.do(refunds.create, {"payment_intent": second})
    till.hear("refund", refund["id"])
    assert seen.tasks() == {("paid twice", second): "given back whole"}
    assert (seen.receipts(), seen.standing_of(gift).kept) == ([("gift", 2500)], 2500)


def test_the_first_given_back_instead_takes_nothing_either(till: Till) -> None:
    gift, first, second = paid_twice(till)
    till.hear("payment_intent", first)
    till.hear("payment_intent", second)
    refund = till.sandbox.do(refunds.create, {"payment_intent": first})
    till.hear("refund", refund["id"])
    assert seen.standing_of(gift).kept == 2500
    again = till.sandbox.do(refunds.create, {"payment_intent": second})
    till.hear("refund", again["id"])
    assert (seen.standing_of(gift).kept, seen.receipts()[-1]) == (0, ("correction", 0))


def test_a_refund_heard_before_the_second_payment_settles_it_at_once(till: Till) -> None:
    _, first, second = paid_twice(till)
    till.hear("payment_intent", first)
    refund = till.sandbox.do(refunds.create, {"payment_intent": second})
    till.hear("refund", refund["id"])
    assert seen.tasks() == {}
    till.hear("payment_intent", second)
    assert seen.tasks() == {("paid twice", second): "given back whole"}
    assert seen.receipts() == [("gift", 2500)]
