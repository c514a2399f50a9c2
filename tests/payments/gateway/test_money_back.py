"""Money that goes back, and what Stripe holds and pays out."""

from datetime import UTC, datetime

import pytest

from payments import gateway
from payments.stripe_gateway import StripeGateway
from sandbox.stripe import disputes, refunds
from tests.payments.gateway.conftest import HOUR, Giver

DAY = 24 * HOUR
EVER = datetime.fromtimestamp(0, UTC)


def test_a_refund_is_asked_once_for_each_key(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift()
    made = stripe.refund(intent.id, 1000, key="r1")
    assert (made.status, made.amount, made.currency) == ("succeeded", 1000, "EUR")
    assert (made.payment_intent_id, made.charge_id) == (intent.id, intent.charge_id)
    assert len(made.balance_transaction_ids) == 1
    assert stripe.refund(intent.id, 1000, key="r1") == made
    assert stripe.refund(intent.id, 1000, key="r2").id != made.id
    assert len(list(stripe.refunds(since=EVER))) == 2


def test_more_than_was_given_is_not_given_back(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift()
    with pytest.raises(gateway.PermanentFailure):
        stripe.refund(intent.id, 2501, key="r1")
    assert list(stripe.refunds(since=EVER)) == []


def test_a_refund_that_came_back_has_a_second_line(giver: Giver, stripe: StripeGateway) -> None:
    made = stripe.refund(giver.gift().id, 2500, key="r1")
    giver.sandbox.do(refunds.fail, made.id)
    failed = stripe.refund_of(made.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert failed.balance_transaction_ids[:1] == made.balance_transaction_ids
    assert len(failed.balance_transaction_ids) == 2


def test_a_dispute_takes_the_money_and_may_bring_it_back(
    giver: Giver, stripe: StripeGateway
) -> None:
    intent = giver.gift()
    assert intent.charge_id
    begun = giver.sandbox.do(disputes.begin, intent.charge_id, reason="duplicate")
    found = stripe.dispute(begun["id"])
    assert (found.status, found.amount, found.reason) == ("needs_response", 2500, "duplicate")
    assert (found.payment_intent_id, found.charge_id) == (intent.id, intent.charge_id)
    assert (found.refundable, len(found.balance_transaction_ids)) == (False, 1)
    assert found.due_at is not None
    giver.sandbox.do(disputes.win, begun["id"])
    (won,) = stripe.disputes(since=EVER)
    assert (won.status, won.balance_transaction_ids[:1]) == ("won", found.balance_transaction_ids)
    assert len(won.balance_transaction_ids) == 2


def test_an_inquiry_moves_no_money(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift()
    assert intent.charge_id
    begun = giver.sandbox.do(disputes.begin, intent.charge_id, inquiry=True)
    found = stripe.dispute(begun["id"])
    assert (found.status, found.refundable) == ("warning_needs_response", True)
    assert found.balance_transaction_ids == ()


def test_a_warning_names_the_charge(giver: Giver, stripe: StripeGateway) -> None:
    intent = giver.gift()
    assert intent.charge_id
    warned = stripe.fraud_warning(giver.sandbox.do(disputes.warn, intent.charge_id)["id"])
    assert (warned.charge_id, warned.payment_intent_id) == (intent.charge_id, intent.id)
    assert warned.actionable


def test_a_payout_adds_up_and_empties_the_balance(giver: Giver, stripe: StripeGateway) -> None:
    giver.gift()
    giver.sandbox.advance(10)
    before = stripe.balance()
    assert sum(before.values()) > 0
    giver.sandbox.advance(8 * DAY)
    (payout,) = stripe.payouts(since=EVER)
    assert stripe.payout(payout.id) == payout
    assert (payout.status, payout.automatic, payout.reconciliation) == ("paid", True, "completed")
    lines = list(stripe.balance_transactions(payout_id=payout.id))
    assert sum(line.net for line in lines if line.type != "payout") == payout.amount
    assert payout.amount == before[payout.currency]
    assert set(stripe.balance().values()) == {0}
