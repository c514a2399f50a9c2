"""The portal and the invoice page: a donor mends or ends a plan."""

import pytest
import stripe
from stripe import StripeClient
from stripe.params.billing_portal import SessionCreateParamsFlowData

from sandbox.stripe import methods
from tests.browser import Browser, Page
from tests.sandbox.stripe.conftest import CARD, Donor

MASTERCARD = "5555555555554444"
FAILS_LATER = "4000000000000341"
ASKS = "4000002760003184"
MONTH = 31 * 24 * 3600 + 3600


def portal(
    donor: Donor, plan: stripe.Subscription, flow: SessionCreateParamsFlowData | None = None
) -> Page:
    """Open the portal for whoever has a plan."""
    params: stripe.params.billing_portal.SessionCreateParams = {
        "customer": str(plan.customer),
        "return_url": f"{donor.sandbox.base}/?back",
    }
    if flow is not None:
        params["flow_data"] = flow
    return Browser().get(donor.client.v1.billing_portal.sessions.create(params).url)


def default(client: StripeClient, plan: stripe.Subscription) -> str | None:
    """Give the last digits of the customer's default card."""
    customer = client.v1.customers.retrieve(str(plan.customer))
    kept = customer.invoice_settings and customer.invoice_settings.default_payment_method
    card = client.v1.payment_methods.retrieve(str(kept)).card if kept else None
    return card.last4 if card else None


def unpaid(donor: Donor, number: str) -> tuple[stripe.Invoice, Page]:
    """Let a renewal fail with such a card, and open the page of its invoice."""
    plan = donor.plan()
    donor.sandbox.do(methods.turn, str(plan.default_payment_method), number=number)
    donor.sandbox.advance(MONTH)
    invoice = donor.client.v1.invoices.list({"subscription": plan.id}).data[0]
    assert invoice.hosted_invoice_url is not None
    return invoice, Browser().get(invoice.hosted_invoice_url)


def status(donor: Donor, invoice: stripe.Invoice) -> str | None:
    assert invoice.id is not None
    return donor.client.v1.invoices.retrieve(invoice.id).status


def test_another_card_is_kept_for_the_donor(donor: Donor) -> None:
    plan = donor.plan()
    kept = Browser().submit(portal(donor, plan), "Keep this card", card=MASTERCARD)
    assert "Your new card is kept." in kept.html
    assert "Kept now: Mastercard •••• 4444" in kept.html
    assert default(donor.client, plan) == "4444"


@pytest.mark.parametrize("number", ["4000000000000002", "AT611904300234573201", "1"])
def test_a_card_that_is_refused_is_not_kept(donor: Donor, number: str) -> None:
    plan = donor.plan()
    again = Browser().submit(portal(donor, plan), "Keep this card", card=number)
    assert "Your card was declined" in again.html
    assert default(donor.client, plan) is None


def test_a_plan_ends_with_its_period_and_that_can_be_taken_back(donor: Donor) -> None:
    plan = donor.plan()
    ending = Browser().submit(portal(donor, plan), "End it")
    assert "It ends on" in ending.html
    assert donor.client.v1.subscriptions.retrieve(plan.id).cancel_at_period_end
    Browser().submit(ending, "Let it go on")
    assert not donor.client.v1.subscriptions.retrieve(plan.id).cancel_at_period_end


def test_a_plan_that_has_ended_cannot_be_ended(donor: Donor) -> None:
    plan = donor.plan()
    page = portal(donor, plan)
    donor.client.v1.subscriptions.cancel(plan.id)
    assert Browser().submit(page, "End it").status == 404
    assert "It has ended." in Browser().get(page.url).html


def test_nobody_ends_another_donors_plan(donor: Donor) -> None:
    mine, other = donor.plan(), donor.plan()
    page = portal(donor, mine)
    fields = [("plan", other.id), ("ends", "yes")]
    assert Browser().post(f"{page.url}/plan", fields).status == 404
    assert not donor.client.v1.subscriptions.retrieve(other.id).cancel_at_period_end


def test_a_flow_shows_its_own_part_and_leads_on(donor: Donor) -> None:
    plan = donor.plan()
    after = {"type": "redirect", "redirect": {"return_url": f"{donor.sandbox.base}/?done"}}
    flow: SessionCreateParamsFlowData = {
        "type": "payment_method_update",
        "after_completion": after,  # type: ignore[typeddict-item]
    }
    page = portal(donor, plan, flow)
    assert "End it" not in page.html
    assert Browser().submit(page, "Keep", card=CARD).url == f"{donor.sandbox.base}/?done"


def test_a_flow_to_end_a_plan_asks_for_no_card(donor: Donor) -> None:
    plan = donor.plan()
    ends: SessionCreateParamsFlowData = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": plan.id},
    }
    page = portal(donor, plan, ends)
    assert ("End it" in page.html, "Keep this card" in page.html) == (True, False)


def test_a_donor_who_was_erased_has_no_portal(donor: Donor) -> None:
    plan = donor.plan()
    page = portal(donor, plan)
    donor.client.v1.customers.delete(str(plan.customer))
    assert Browser().get(page.url).status == 404
    assert Browser().submit(page, "Keep", card=CARD).status == 404
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        portal(donor, plan)
    path = f"{donor.sandbox.base}/panel/plans/{plan.id}/card"
    assert Browser().post(path, []).status == 404


def test_the_portal_leads_back_and_to_the_invoices(donor: Donor) -> None:
    page = portal(donor, donor.plan())
    assert f'href="{donor.sandbox.base}/?back"' in page.html
    (invoice,) = donor.client.v1.invoices.list().data
    assert f'href="/i/{invoice.id}"' in page.html


def test_a_failed_renewal_is_paid_by_hand(donor: Donor) -> None:
    invoice, page = unpaid(donor, FAILS_LATER)
    assert "Your card was declined" in page.html
    paid = Browser().submit(page, "Pay 10.00 USD", card=CARD)
    assert (status(donor, invoice), "<form" in paid.html) == ("paid", False)


def test_another_card_that_is_declined_leaves_the_invoice_open(donor: Donor) -> None:
    invoice, page = unpaid(donor, FAILS_LATER)
    again = Browser().submit(page, "Pay", card="4000000000009995")
    assert "insufficient funds" in again.html
    assert status(donor, invoice) == "open"


@pytest.mark.parametrize(("answer", "outcome"), [("Yes", "paid"), ("No", "open")])
def test_the_banks_question_about_a_renewal_is_answered(
    donor: Donor, answer: str, outcome: str
) -> None:
    invoice, page = unpaid(donor, ASKS)
    assert "Your bank asks" in page.html
    after = Browser().submit(page, answer)
    assert status(donor, invoice) == outcome
    assert ("unable to authenticate" in after.html) == (outcome == "open")


def test_an_answer_that_nobody_waits_for_changes_nothing(donor: Donor) -> None:
    invoice, page = unpaid(donor, FAILS_LATER)
    again = Browser().post(f"{page.url}/bank", [("passes", "yes")])
    assert "No payment of this invoice waits" in again.html
    assert status(donor, invoice) == "open"


def test_an_invoice_is_not_paid_twice(donor: Donor) -> None:
    _, page = unpaid(donor, FAILS_LATER)
    Browser().submit(page, "Pay", card=CARD)
    charges = len(donor.client.v1.charges.list().data)
    assert Browser().submit(page, "Pay", card=CARD).status == 400
    assert len(donor.client.v1.charges.list().data) == charges


@pytest.mark.parametrize("path", ["p/session/bps_none", "i/in_none"])
def test_there_is_no_page_of_what_there_is_not(donor: Donor, path: str) -> None:
    assert Browser().get(f"{donor.sandbox.base}/{path}").status == 404
