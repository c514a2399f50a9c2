"""A renewal is refused: the donor hears of the first try and of the end, and can mend it."""

import dataclasses

import pytest

from db.session import transaction
from payments import plans
from payments.applying import invoices
from payments.models.giving import Plan, PlanState
from sandbox.stripe import invoices as at_stripe
from sandbox.stripe import subscriptions
from tests.payments.plans.giver import ASKS_ALWAYS, CARD, FAILS_LATER, Giver

EXPIRED = "4000000000000069"


def refused(giver: Giver, number: str = FAILS_LATER) -> Plan:
    """Have a renewal refused for the first time."""
    giver.given(number=number)
    giver.pass_days(32, step=8)
    return giver.plan()


def test_a_refused_renewal_makes_the_plan_past_due_and_is_no_gift(giver: Giver) -> None:
    assert refused(giver).state is PlanState.PAST_DUE
    assert len(giver.gifts()) == 1
    assert giver.mails() == ["plan-payment-failed"]


def test_the_tries_between_the_first_and_the_last_are_told_to_nobody(giver: Giver) -> None:
    refused(giver)
    giver.pass_days(10)
    assert giver.mails() == ["plan-payment-failed"]


def test_after_the_last_try_the_plan_has_ended_and_the_donor_hears_it_once(giver: Giver) -> None:
    refused(giver)
    giver.pass_days(16)
    plan = giver.plan()
    assert (plan.state, plan.ended_reason) == (PlanState.ENDED, "payment_failed")
    assert plan.next_payment_at is None
    assert giver.mails() == ["plan-payment-failed", "plan-ended"]


def test_where_stripe_goes_on_with_the_plan_the_last_try_is_told_once(giver: Giver) -> None:
    refused(giver)
    snapshot = invoices.fetch(giver.gateway, giver.invoices("open")[0])
    given_up = dataclasses.replace(snapshot.invoice, next_attempt_at=None)
    for _ in range(2):
        with transaction() as session:
            last = dataclasses.replace(snapshot, invoice=given_up)
            invoices.apply(session, last, now=giver.now)
    assert giver.mails() == ["plan-payment-failed", "plan-last-try"]


def test_an_invoice_that_is_paid_by_hand_mends_the_plan(giver: Giver) -> None:
    refused(giver)
    giver.sandbox.do(at_stripe.pay_by_hand, giver.invoices("open")[0], number=CARD)
    giver.hear()
    assert giver.plan().state is PlanState.ACTIVE
    assert len(giver.gifts()) == 2


def test_a_card_that_was_changed_in_the_portal_is_the_one_that_is_charged(giver: Giver) -> None:
    plan = refused(giver)
    page = plans.portal(
        giver.gateway, transaction, plan.id, return_url="http://127.0.0.1/donate", now=giver.now
    )
    giver.new_card()
    giver.pass_days(4)
    assert page.startswith(giver.sandbox.base)
    assert giver.plan().state is PlanState.ACTIVE
    assert len(giver.gifts()) == 2


def test_who_only_looks_at_the_portal_keeps_their_card(giver: Giver) -> None:
    plan = giver.given()
    for _ in range(2):
        plans.portal(giver.gateway, transaction, plan.id, return_url="http://x", now=giver.now)
    giver.pass_days(32, step=8)
    assert len(giver.gifts()) == 2


def test_a_card_that_expires_and_is_replaced_loses_no_gift(giver: Giver) -> None:
    plan = giver.given()
    plans.portal(giver.gateway, transaction, plan.id, return_url="http://x", now=giver.now)
    giver.new_card(EXPIRED)
    giver.pass_days(32, step=8)
    assert giver.plan().state is PlanState.PAST_DUE
    giver.new_card()
    giver.pass_days(4)
    assert giver.plan().state is PlanState.ACTIVE
    assert len(giver.gifts()) == 2


def test_a_bank_that_asks_is_a_mail_of_its_own(giver: Giver) -> None:
    refused(giver, ASKS_ALWAYS)
    assert giver.mails() == ["plan-action-needed"]


@pytest.mark.parametrize("state", set(PlanState) - {PlanState.ENDED})
def test_a_paid_renewal_is_money_whatever_we_believed(giver: Giver, state: PlanState) -> None:
    plan = giver.given()
    with transaction() as session:
        session.get_one(Plan, plan.id).state = state
    giver.pass_days(32, step=8)
    assert giver.plan().state is PlanState.ACTIVE
    assert len(giver.gifts()) == 2


def test_money_of_a_plan_that_has_ended_is_a_gift_and_does_not_revive_it(giver: Giver) -> None:
    plan = refused(giver)
    giver.sandbox.do(subscriptions.cancel, {}, str(plan.subscription_id))
    giver.sandbox.do(at_stripe.pay_by_hand, giver.invoices("open")[0], number=CARD)
    giver.hear()
    assert giver.plan().state is PlanState.ENDED
    assert len(giver.gifts()) == 2
