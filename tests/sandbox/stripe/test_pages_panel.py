"""The operator's panel, button by button."""

import re

import pytest
import stripe

from sandbox.stripe import payouts
from sandbox.stripe.server import Stripe
from tests.browser import Browser, Page
from tests.sandbox.stripe.conftest import CARD, Donor, Endpoint

DAY = 24 * 3600
SOON = "4000000000000259"


def panel(donor: Donor) -> Page:
    return Browser().get(f"{donor.sandbox.base}/")


def press(donor: Donor, word: str, **fields: str) -> Page:
    """Press the first button of the panel whose form has this word in its label or its address."""
    return Browser().submit(panel(donor), word, **fields)


def settled(donor: Donor) -> stripe.PaymentIntent:
    """Give once, and let the balance know of it."""
    intent = donor.gift()
    donor.sandbox.advance(5)
    return intent


def newest(donor: Donor, name: str) -> stripe.Event | None:
    found = donor.client.v1.events.list({"type": name}).data
    return found[0] if found else None


def test_an_empty_panel_says_so(donor: Donor) -> None:
    page = panel(donor)
    assert page.status == 200
    assert page.html.count("None yet.") == 8


def test_part_of_a_payment_is_refunded_and_then_the_rest(donor: Donor) -> None:
    settled(donor)
    press(donor, "Refund", amount="5.50")
    assert "refunded 5.50 USD" in panel(donor).html
    press(donor, "Refund")
    assert sorted(r.amount for r in donor.client.v1.refunds.list().data) == [550, 1950]
    assert "/refund" not in re.sub("panel/refunds", "", panel(donor).html)


def test_a_refund_is_made_that_fails(donor: Donor) -> None:
    settled(donor)
    press(donor, "Refund", fails="yes")
    donor.sandbox.advance(60)
    (refund,) = donor.client.v1.refunds.list().data
    assert refund.status == "failed"


def test_a_refund_that_has_arrived_comes_back(donor: Donor) -> None:
    settled(donor)
    press(donor, "Refund")
    press(donor, "/panel/refunds/")
    assert donor.client.v1.refunds.list().data[0].status == "failed"


@pytest.mark.parametrize("amount", ["99999", "0.001", "-1", "nothing", "NaN", "1e3", "Infinity"])
def test_a_refund_that_cannot_be_is_told_with_a_way_back(donor: Donor, amount: str) -> None:
    settled(donor)
    page = press(donor, "Refund", amount=amount)
    assert (page.status, 'href="/#payments"' in page.html) == (400, True)
    assert donor.client.v1.refunds.list().data == []


@pytest.mark.parametrize(("button", "status"), [("We win", "won"), ("We lose", "lost")])
def test_an_inquiry_becomes_a_dispute_that_is_decided(
    donor: Donor, button: str, status: str
) -> None:
    settled(donor)
    for label in ("Inquiry", "It becomes a dispute", button):
        press(donor, label)
    assert [each.status for each in donor.client.v1.disputes.list().data] == [status]


def test_an_inquiry_ends_by_itself(donor: Donor) -> None:
    settled(donor)
    press(donor, "Inquiry")
    press(donor, "It ends")
    assert donor.client.v1.disputes.list().data[0].status == "warning_closed"


def test_a_payment_is_disputed_and_warned_of(donor: Donor) -> None:
    settled(donor)
    press(donor, "/dispute")
    press(donor, "Fraud warning")
    assert newest(donor, "charge.dispute.funds_withdrawn")
    assert newest(donor, "radar.early_fraud_warning.created")


@pytest.mark.parametrize(
    ("step", "least"),
    [("hour", 3600), ("day", DAY), ("month", 31 * DAY + 7200), ("year", 366 * DAY + 7200)],
)
def test_the_clock_goes_on(donor: Donor, step: str, least: int) -> None:
    before = donor.sandbox.world.now()
    assert press(donor, f"One {step} on").status == 200
    assert donor.sandbox.world.now() == before + least


def test_the_clock_goes_on_by_no_other_step(donor: Donor) -> None:
    assert press(donor, "One hour on", step="century").status == 400


def test_what_there_is_is_paid_out_now_and_once(donor: Donor) -> None:
    settled(donor)
    press(donor, "Pay out now")
    assert "There is nothing to pay out." in press(donor, "Pay out now").html
    donor.sandbox.advance(4 * DAY)
    (payout,) = donor.client.v1.payouts.list().data
    (paid,) = donor.client.v1.balance_transactions.list({"type": "charge"}).data
    assert (payout.status, payout.amount) == ("paid", paid.net)
    assert [each["deed"] for each in donor.sandbox.world.shelf.all("deed")] == [payouts.NIGHT]


def test_a_payout_comes_back(donor: Donor) -> None:
    settled(donor)
    press(donor, "Pay out now")
    press(donor, "/panel/payouts/po")
    assert donor.client.v1.payouts.list().data[0].status == "failed"


def test_a_plans_card_expires_and_its_renewal_fails(donor: Donor) -> None:
    plan = donor.plan()
    press(donor, "Its card expires")
    press(donor, "One month on")
    press(donor, "One hour on")
    assert donor.client.v1.subscriptions.retrieve(plan.id).status == "past_due"
    assert "Open invoice" in panel(donor).html


def test_a_waiting_session_expires(donor: Donor) -> None:
    session = donor.session()
    assert f"/c/pay/{session.id}" in panel(donor).html
    press(donor, "Expire")
    assert donor.client.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_deliveries_are_lost_as_the_panel_says(donor: Donor, endpoint: Endpoint) -> None:
    press(donor, "Set", drop="100")
    assert 'name="drop" min="0" max="100" value="100"' in panel(donor).html
    donor.gift()
    press(donor, "Send what is due")
    assert endpoint.bodies == []
    press(donor, "Set", drop="0", double="100")
    press(donor, "Send again")
    press(donor, "Send what is due")
    assert len(endpoint.names()) == 1


@pytest.mark.parametrize("share", ["101", "-1", "x", "0.5", "٣", "1000000000"])
def test_a_share_that_is_none_is_refused(donor: Donor, share: str) -> None:
    assert press(donor, "Set", drop=share).status == 400


def test_an_event_is_sent_again(donor: Donor, endpoint: Endpoint) -> None:
    donor.gift()
    donor.sandbox.deliver()
    first = endpoint.names()
    press(donor, "Send again")
    press(donor, "Send what is due")
    assert endpoint.names() == [*first, first[-1]]


def test_only_the_newest_are_shown(donor: Donor, sandbox: Stripe) -> None:
    for _ in range(27):
        donor.session()
    assert "And 2 older." in panel(donor).html
    assert "Waiting to be paid (27)" in panel(donor).html


def test_a_failed_payment_is_told_and_offers_no_refund(donor: Donor) -> None:
    donor.gift("4000000000009995")
    page = panel(donor)
    assert "Your card has insufficient funds." in page.html
    assert ">Refund<" not in page.html


def test_a_card_that_brings_trouble_by_itself_needs_no_button(donor: Donor) -> None:
    donor.gift(SOON)
    donor.sandbox.advance(10)
    assert "We win" in panel(donor).html


@pytest.mark.parametrize("path", ["payments/ch_none/refund", "nothing/at", "events/evt_no/resend"])
def test_what_there_is_not_is_404(donor: Donor, path: str) -> None:
    assert Browser().post(f"{donor.sandbox.base}/panel/{path}", []).status == 404


def test_reading_the_panel_changes_nothing(donor: Donor) -> None:
    settled(donor)
    before = len(donor.sandbox.events())
    for path in ("payouts/now", "events/send", "clock/forward"):
        assert Browser().get(f"{donor.sandbox.base}/panel/{path}").status == 200
    assert panel(donor).html == panel(donor).html
    assert len(donor.sandbox.events()) == before
    assert donor.gift(CARD).status == "succeeded"
