"""The hosted payment page, as a donor without script meets it."""

import pytest
from stripe.checkout import Session

from tests.browser import Browser, Page
from tests.sandbox.stripe.conftest import CARD, Donor

ASKS = "4000002760003184"
SEPA = "AT611904300234573201"
SEPA_FAILS = "AT861904300235473202"
DAYS = 4 * 24 * 3600


def opened(donor: Donor, **more: object) -> tuple[Session, Page]:
    """Ask for a session that ends at a page which is there, and open it."""
    base = donor.sandbox.base
    urls = {"success_url": f"{base}/?s={{CHECKOUT_SESSION_ID}}", "cancel_url": f"{base}/?back"}
    session = donor.session(**(urls | more))
    assert session.url is not None
    return session, Browser().get(session.url)


def in_euros() -> list[object]:
    data = {"currency": "eur", "unit_amount": 1050, "product_data": {"name": "A gift"}}
    return [{"quantity": 1, "price_data": data}]


def press(page: Page, number: str) -> Page:
    return Browser().submit(page, "Pay", card=number)


def now(donor: Donor, session: Session) -> Session:
    return donor.client.v1.checkout.sessions.retrieve(session.id)


def test_one_press_pays_and_leads_back_with_the_sessions_id(donor: Donor) -> None:
    session, page = opened(donor)
    assert press(page, CARD).url == f"{donor.sandbox.base}/?s={session.id}"
    assert now(donor, session).payment_status == "paid"


def test_what_the_donor_types_is_kept_on_the_session(donor: Donor) -> None:
    session, page = opened(donor)
    given = {"email": "amira@example.org", "name": "Amira <b>", "number": "4242 4242 4242 4242"}
    Browser().submit(page, "Pay", expiry="1 / 2031", **given)
    details = now(donor, session).customer_details
    assert details is not None
    assert (details.email, details.name) == ("amira@example.org", "Amira <b>")


def test_the_amount_and_the_rhythm_are_shown(donor: Donor) -> None:
    data = {"currency": "jpy", "unit_amount": 3000, "product_data": {"name": "A gift"}}
    data["recurring"] = {"interval": "month"}
    plan = {"mode": "subscription", "payment_intent_data": {}}
    _, page = opened(donor, line_items=[{"quantity": 1, "price_data": data}], **plan)
    assert "Pay 3,000 JPY every month" in page.html


def test_a_donation_is_called_one(donor: Donor) -> None:
    assert "Donate 25.00 USD" in opened(donor, submit_type="donate")[1].html


def test_a_decline_is_told_and_another_card_may_pay(donor: Donor) -> None:
    session, page = opened(donor)
    again = press(page, "4000000000009995")
    assert 'role="alert">Your card has insufficient funds.' in again.html
    assert press(again, CARD).url.endswith(f"?s={session.id}")
    assert len(donor.client.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(
    ("expiry", "sentence"),
    [
        ("", "incomplete"),
        ("13 / 34", "incomplete"),
        ("12 / 20", "in the past"),
        ("٣/34", "incompl"),
    ],
)
def test_a_card_that_cannot_be_valid_is_not_tried(donor: Donor, expiry: str, sentence: str) -> None:
    _, page = opened(donor)
    again = Browser().submit(page, "Pay", number=CARD, expiry=expiry)
    assert (again.status, sentence in again.html) == (402, True)
    assert donor.client.v1.payment_intents.list().data == []


def test_a_real_cards_number_is_refused_and_shown_nowhere(donor: Donor) -> None:
    _, page = opened(donor)
    again = Browser().submit(page, "Pay", number="4929000000006", expiry="12/34")
    assert "used a non test card" in again.html
    assert "4929000000006" not in again.html
    assert donor.sandbox.world.shelf.count().get("payment_method") is None


def test_nothing_given_is_asked_for(donor: Donor) -> None:
    again = Browser().submit(opened(donor)[1], "Pay")
    assert "Give a card number" in again.html


def test_3d_secure_is_asked_and_passed(donor: Donor) -> None:
    session, page = opened(donor)
    asked = press(page, ASKS)
    assert "Your bank asks" in asked.html
    assert Browser().submit(asked, "Yes").url.endswith(f"?s={session.id}")
    assert now(donor, session).payment_status == "paid"


def test_3d_secure_that_fails_leaves_the_donor_another_card(donor: Donor) -> None:
    session, page = opened(donor)
    again = Browser().submit(press(page, ASKS), "No")
    assert "unable to authenticate" in again.html
    press(again, CARD)
    assert now(donor, session).payment_status == "paid"


def test_an_answer_that_no_bank_waits_for_is_refused(donor: Donor) -> None:
    _, page = opened(donor)
    again = Browser().post(f"{page.url}/bank", [("passes", "yes")])
    assert "No payment of this session waits" in again.html


@pytest.mark.parametrize(("number", "status"), [(SEPA, "paid"), (SEPA_FAILS, "unpaid")])
def test_a_debit_is_complete_at_once_and_decided_later(
    donor: Donor, number: str, status: str
) -> None:
    session, page = opened(donor, line_items=in_euros())
    assert press(page, number).url.endswith(f"?s={session.id}")
    assert now(donor, session).payment_status == "unpaid"
    donor.sandbox.advance(DAYS)
    assert now(donor, session).payment_status == status


def test_only_what_the_session_takes_is_offered(donor: Donor) -> None:
    assert SEPA not in opened(donor)[1].html
    assert SEPA in opened(donor, line_items=in_euros())[1].html
    only = opened(donor, line_items=in_euros(), allowed_payment_method_types=["card"])[1]
    assert (SEPA in only.html, CARD in only.html) == (False, True)


def test_a_kind_that_the_session_does_not_take_is_refused(donor: Donor) -> None:
    again = press(opened(donor)[1], SEPA)
    assert "sepa_debit cannot pay in usd" in again.html


def test_an_address_that_was_given_is_not_changed(donor: Donor) -> None:
    session, page = opened(donor, customer_email="amira@example.org")
    assert 'value="amira@example.org" required readonly' in page.html
    Browser().submit(page, "Pay", card=CARD, email="other@example.org")
    details = now(donor, session).customer_details
    assert details is not None
    assert details.email == "amira@example.org"


def test_a_session_that_is_over_says_so_and_leads_back(donor: Donor) -> None:
    session, page = opened(donor)
    donor.client.v1.checkout.sessions.expire(session.id)
    for over in (Browser().get(page.url), press(page, CARD)):
        assert "has expired" in over.html
        assert f'href="{donor.sandbox.base}/?back"' in over.html
    assert Browser().get(page.url).status == 410


def test_pressing_twice_pays_once(donor: Donor) -> None:
    session, page = opened(donor)
    assert press(page, CARD).url == press(page, CARD).url
    assert len(donor.client.v1.charges.list().data) == 1
    assert f'href="{donor.sandbox.base}/?s={session.id}"' in Browser().get(page.url).html


def test_there_is_no_page_of_a_session_that_there_is_not(donor: Donor) -> None:
    assert Browser().get(f"{donor.sandbox.base}/c/pay/cs_test_none").status == 404


def test_a_success_url_that_is_none_leads_to_the_end_of_the_page(donor: Donor) -> None:
    _, page = opened(donor, success_url="javascript:alert(1)", cancel_url="data:x")
    assert "data:x" not in page.html
    done = press(page, CARD)
    assert "This payment is complete" in done.html
    assert "javascript" not in done.html
