"""Refunds, disputes, warnings and payouts: each movement of the balance has its transaction."""

import pytest
import stripe
from stripe import StripeClient

from sandbox.stripe import disputes, payouts, refunds
from sandbox.stripe.refusals import Refused
from sandbox.stripe.server import Stripe
from tests.sandbox.stripe.conftest import Donor

DAY = 24 * 3600


def nets(client: StripeClient) -> list[tuple[str, int]]:
    """List the balance's transactions, the oldest first."""
    found = client.v1.balance_transactions.list({"limit": 100}).data[::-1]
    return [(each.reporting_category, each.net) for each in found]


def gift(donor: Donor, number: str = "4242424242424242") -> stripe.Charge:
    """Give once, and let it settle."""
    intent = donor.gift(number)
    donor.sandbox.advance(2)
    return donor.charge(intent)


def named(sandbox: Stripe, part: str) -> list[str]:
    return [event["type"] for event in sandbox.events() if part in event["type"]]


def test_a_gift_is_refunded_in_parts_and_no_further(donor: Donor, client: StripeClient) -> None:
    charge = gift(donor)
    for amount in (1000, 1500):
        made = client.v1.refunds.create({"charge": charge.id, "amount": amount})
        assert (made.status, made.amount) == ("succeeded", amount)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": charge.id})
    assert caught.value.code == "charge_already_refunded"
    assert nets(client) == [("charge", 2397), ("refund", -1000), ("refund", -1500)]


def test_a_refund_is_of_the_rest_unless_it_says_how_much(
    donor: Donor, client: StripeClient
) -> None:
    charge = gift(donor)
    intent = str(charge.payment_intent)
    client.v1.refunds.create({"payment_intent": intent, "amount": 1})
    assert client.v1.refunds.create({"payment_intent": intent}).amount == 2499
    found = client.v1.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (found.amount_refunded, found.refunded) == (2500, True)
    assert found.refunds is not None
    assert [each.amount for each in found.refunds.data] == [2499, 1]


def test_more_than_was_given_is_not_refunded(donor: Donor, client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"charge": gift(donor).id, "amount": 2501})


def test_a_refund_tells_itself(donor: Donor, client: StripeClient, sandbox: Stripe) -> None:
    client.v1.refunds.create({"charge": gift(donor).id})
    assert named(sandbox, "refund") == ["refund.created", "charge.refunded"]


def test_a_refund_may_fail_later_and_the_money_is_ours_again(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    charge = gift(donor, "4000000000005126")
    made = client.v1.refunds.create({"charge": charge.id})
    assert made.status == "succeeded"
    sandbox.advance(60)
    found = client.v1.refunds.retrieve(made.id)
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert isinstance(found.failure_balance_transaction, str)
    assert client.v1.charges.retrieve(charge.id).amount_refunded == 0
    assert nets(client)[1:] == [("refund", -2500), ("refund_failure", 2500)]
    assert "refund.failed" in named(sandbox, "refund")


def test_a_refund_to_a_bank_account_is_under_way_for_days(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    intent = donor.gift("000123456789")
    sandbox.advance(4 * DAY)
    made = client.v1.refunds.create({"payment_intent": intent.id})
    assert made.status == "pending"
    sandbox.advance(2 * DAY)
    assert client.v1.refunds.retrieve(made.id).status == "succeeded"


def test_a_dispute_takes_the_money_and_a_fee(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    charge = gift(donor)
    made = sandbox.do(disputes.begin, charge.id)
    found = client.v1.disputes.retrieve(made["id"])
    assert (found.status, found.is_charge_refundable) == ("needs_response", False)
    assert [entry.net for entry in found.balance_transactions] == [-4000]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": charge.id})
    assert caught.value.code == "charge_disputed"


def test_a_dispute_that_is_won_gives_back_the_money_and_not_the_fee(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    made = sandbox.do(disputes.begin, gift(donor).id)
    client.v1.disputes.update(made["id"], {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert client.v1.disputes.retrieve(made["id"]).status == "under_review"
    sandbox.advance(60)
    assert client.v1.disputes.retrieve(made["id"]).status == "won"
    assert nets(client)[1:] == [("dispute", -4000), ("dispute_reversal", 2500)]
    assert named(sandbox, "dispute") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_a_dispute_that_is_given_up_is_lost(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    made = sandbox.do(disputes.begin, gift(donor).id)
    assert client.v1.disputes.close(made["id"]).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client.v1.disputes.close(made["id"])
    assert len(nets(client)) == 2


def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    made = sandbox.do(disputes.begin, gift(donor).id, inquiry=True)
    found = client.v1.disputes.retrieve(made["id"])
    assert (found.status, found.balance_transactions) == ("warning_needs_response", [])
    assert found.is_charge_refundable is True
    sandbox.do(disputes.escalate, made["id"])
    assert nets(client)[1:] == [("dispute", -4000)]


def test_an_inquiry_may_end_as_one(donor: Donor, client: StripeClient, sandbox: Stripe) -> None:
    charge = gift(donor)
    made = sandbox.do(disputes.begin, charge.id, inquiry=True)
    assert sandbox.do(disputes.withdraw_inquiry, made["id"])["status"] == "warning_closed"
    assert client.v1.charges.retrieve(charge.id).disputed is False


@pytest.mark.parametrize(
    ("number", "event"),
    [
        ("4000000000000259", "charge.dispute.funds_withdrawn"),
        ("4000000000001976", "charge.dispute.created"),
        ("4000000000005423", "radar.early_fraud_warning.created"),
    ],
)
def test_some_cards_have_a_sequel(donor: Donor, sandbox: Stripe, number: str, event: str) -> None:
    gift(donor, number)
    sandbox.advance(1)
    assert len(sandbox.events(event)) == 1


def test_a_warning_is_actionable_until_the_money_is_given_back(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    charge = gift(donor)
    assert sandbox.do(disputes.warn, charge.id)["actionable"] is True
    sandbox.do(refunds.create, {"charge": charge.id})
    assert sandbox.do(disputes.warn, charge.id)["actionable"] is False
    assert len(client.v1.radar.early_fraud_warnings.list({"charge": charge.id}).data) == 2


def test_a_payout_is_the_sum_of_what_it_pays_out(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    client.v1.refunds.create({"charge": gift(donor).id, "amount": 500})
    gift(donor)
    sandbox.advance(3 * DAY)
    (payout,) = client.v1.payouts.list().data
    entries = client.v1.balance_transactions.list({"payout": payout.id}).data
    own = [each for each in entries if each.type == "payout"]
    assert sum(each.net for each in entries if each.type != "payout") == payout.amount == 4294
    assert [each.net for each in own] == [-4294]
    assert sum(each.amount for each in client.v1.balance.retrieve().available) == 0


def test_a_payout_is_paid_and_then_its_books_are_whole(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    gift(donor)
    sandbox.advance(5 * DAY)
    (payout,) = client.v1.payouts.list({"status": "paid"}).data
    assert payout.reconciliation_status == "completed"
    assert named(sandbox, "payout") == [
        "payout.created",
        "payout.paid",
        "payout.reconciliation_completed",
    ]


def test_a_payout_that_fails_is_paid_out_again(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    gift(donor)
    sandbox.advance(3 * DAY)
    (payout,) = client.v1.payouts.list().data
    sandbox.do(payouts.fail, payout.id)
    sandbox.advance(2 * DAY)
    found = client.v1.payouts.list().data
    assert [(each.status, each.amount) for each in found] == [
        ("in_transit", 2397),
        ("failed", 2397),
    ]


def test_the_balance_is_the_sum_of_its_transactions(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    client.v1.refunds.create({"charge": gift(donor).id, "amount": 700})
    sandbox.do(disputes.begin, gift(donor).id)
    balance = client.v1.balance.retrieve()
    total = sum(each.amount for each in balance.available)
    total += sum(each.amount for each in balance.pending)
    assert total == sum(net for _, net in nets(client))


def test_a_refusal_changes_nothing(donor: Donor, sandbox: Stripe) -> None:
    made = sandbox.do(disputes.begin, gift(donor).id, inquiry=True)
    before = sandbox.events()
    with pytest.raises(Refused, match="cannot be treated so"):
        sandbox.do(disputes.win, made["id"])
    assert sandbox.events() == before


def test_a_whole_refund_answers_a_warning_and_an_inquiry(
    donor: Donor, client: StripeClient, sandbox: Stripe
) -> None:
    charge = gift(donor)
    warning = sandbox.do(disputes.warn, charge.id)
    inquiry = sandbox.do(disputes.begin, charge.id, inquiry=True)
    client.v1.refunds.create({"charge": charge.id})
    assert client.v1.radar.early_fraud_warnings.retrieve(warning["id"]).actionable is False
    assert client.v1.disputes.retrieve(inquiry["id"]).status == "warning_closed"
