"""Early fraud warnings: staff decide within a day, and a whole refund answers them."""

from payments.models.money import FraudWarning
from sandbox.stripe import disputes, refunds
from tests.payments.applying import seen
from tests.payments.applying.till import Till, apply


def warn(till: Till, intent_id: str) -> str:
    """Have the card's network warn of a payment; return the warning's id."""
    return str(till.sandbox.do(disputes.warn, till.charge_of(intent_id))["id"])


def test_a_warning_is_asked_about_its_gift(till: Till) -> None:
    gift, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    warning_id = warn(till, intent_id)
    till.hear("radar.early_fraud_warning", warning_id)
    assert seen.tasks() == {("fraud warning", warning_id): None}
    assert seen.events() == ["paid", "fraud warning"]
    assert seen.standing_of(gift).kept == 2500


def test_a_warning_before_its_payment_is_asked_at_once(till: Till) -> None:
    _, intent_id = till.given()
    warning_id = warn(till, intent_id)
    till.hear("radar.early_fraud_warning", warning_id)
    assert seen.tasks() == {("fraud warning", warning_id): None}
    till.hear("payment_intent", intent_id)
    assert seen.events() == ["paid", "fraud warning"]


def test_a_whole_refund_answers_a_warning(till: Till) -> None:
    _, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    warning_id = warn(till, intent_id)
    till.hear("radar.early_fraud_warning", warning_id)
    part = till.sandbox.do(refunds.create, {"payment_intent": intent_id, "amount": 1000})
    till.hear("refund", part["id"])
    assert seen.tasks() == {("fraud warning", warning_id): None}
    rest = till.sandbox.do(refunds.create, {"payment_intent": intent_id})
    till.hear("refund", rest["id"])
    assert seen.tasks() == {("fraud warning", warning_id): "given back whole"}


def test_a_warning_that_comes_after_the_refund_that_answers_it_asks_nothing(till: Till) -> None:
    _, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    warning_id = warn(till, intent_id)
    older = till.news("radar.early_fraud_warning", warning_id)
    refund = till.sandbox.do(refunds.create, {"payment_intent": intent_id})
    till.hear("refund", refund["id"])
    apply(older)
    assert seen.tasks() == {("fraud warning", warning_id): "given back whole"}


def test_a_warning_that_is_over_is_not_raised_again_by_older_news(till: Till) -> None:
    _, intent_id = till.given()
    warning_id = warn(till, intent_id)
    older = till.news("radar.early_fraud_warning", warning_id)
    till.sandbox.do(refunds.create, {"payment_intent": intent_id})
    till.hear("radar.early_fraud_warning", warning_id)
    apply(older)
    assert [each.actionable for each in seen.every(FraudWarning)] == [False]
    assert seen.tasks() == {("fraud warning", warning_id): "no longer actionable"}
