"""Giving back in the console: a form, a page that asks once more, and one refund however it is pressed."""

import re
from collections import Counter as Count
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from sandbox.stripe import disputes
from sandbox.stripe import refunds as at_stripe
from sandbox.stripe.troubles import Trouble
from tests.payments.applying import seen
from tests.payments.applying.till import Gift, Till
from tests.web.staff import members, money
from tests.web.staff.money import Counter, path

PRESSES = 8


def told(counter: Counter, gift: Gift) -> str:
    """Return what the console says on the gift's page after a press."""
    page = counter.bo.read(path(gift))
    found = re.search(r'<p class="message (?:good|bad)" role="status">(.*?)</p>', page)
    assert found
    return found[1]


def test_the_form_says_what_is_left_and_gives_nothing_back(counter: Counter) -> None:
    gift = counter.gift()
    counter.give_back(gift, "10")
    assert "€15.00</strong> is left" in counter.bo.read(f"{path(gift)}/refund")
    asked = counter.fill_in(gift, "5")
    assert "Give back €5.00?" in asked.text
    assert money.refunds() == [(1000, "succeeded")]


def test_the_press_gives_back_once_and_says_so(counter: Counter) -> None:
    gift = counter.gift()
    answer = counter.give_back(gift, "10.50")
    assert (answer.status_code, answer.location) == (303, path(gift))
    assert told(counter, gift) == "Given back: €10.50. The donor is told by mail."
    assert money.refunds() == [(1050, "succeeded")]
    assert seen.receipts() == [("gift", 2500), ("correction", 1450)]


def test_the_audit_log_keeps_who_gave_back_how_much_and_why(counter: Counter) -> None:
    gift = counter.gift()
    asked = counter.fill_in(gift, "10", reason="boris@example.org asked,  by phone")
    counter.press(gift, asked)
    ((act, subject, detail),) = money.audited()
    assert (act, subject) == ("donation.refund", f"donation {gift.given_id}")
    intent_id = money.payments(gift)[0].payment_intent_id
    assert detail == f"€10.00 of {intent_id}: [redacted] asked, by phone"


def test_the_same_press_twice_is_one_refund(counter: Counter) -> None:
    gift = counter.gift()
    asked = counter.fill_in(gift, "10")
    answers = [counter.press(gift, asked) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert "pressed twice" in answers[1].text
    assert money.refunds() == [(1000, "succeeded")]


def test_many_presses_at_once_are_one_refund(counter: Counter) -> None:
    gift = counter.gift()
    asked = counter.fill_in(gift, "10")
    fields = money.hidden(asked.text) | {"confirmed": "yes"}
    target = f"{path(gift)}/refund"
    with ThreadPoolExecutor(PRESSES) as pool:
        pressed = [pool.submit(counter.bo.post, target, **fields) for _ in range(PRESSES)]
        answers = Count(each.result().status_code for each in pressed)
    assert answers == {303: 1, 409: PRESSES - 1}
    assert money.refunds() == [(1000, "succeeded")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": ""}, "write it in digits"),
        ({"amount": "ten"}, "write it in digits"),
        ({"amount": "1" * 5000}, "write it in digits"),
        ({"amount": "9" * 24}, "At most €25.00 is left"),
        ({"amount": "25.01"}, "At most €25.00 is left"),
        ({"amount": "0"}, "At most €25.00 is left"),
        ({"amount": "-5"}, "write it in digits"),
        ({"amount": "1.0011"}, "write it in digits"),
        ({"reason": "  "}, "Say why"),
        ({"reason": "x" * 301}, "Say why"),
        ({"payment": ""}, "Choose the payment"),
        ({"payment": "9" * 400}, "Choose the payment"),
        ({"payment": "1; DROP TABLE refund"}, "Choose the payment"),
    ],
)
def test_what_cannot_be_given_back_is_said_and_asks_nobody(
    counter: Counter, fields: dict[str, str], words: str
) -> None:
    gift = counter.gift()
    answer = counter.fill_in(gift, **({"amount": "10"} | fields))
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert money.refunds() == []


def test_without_the_page_that_asks_once_more_nothing_is_given_back(counter: Counter) -> None:
    gift = counter.gift()
    assert counter.fill_in(gift, "10", confirmed="yes").status_code == 409
    assert money.refunds() == []


def test_another_gifts_payment_is_not_given_back_here(counter: Counter) -> None:
    gift, other = counter.gift(), counter.gift()
    answer = counter.fill_in(gift, "10", payment=str(money.payments(other)[0].id))
    assert (answer.status_code, money.refunds()) == (422, [])


def test_a_disputed_payment_has_no_form_but_the_reason(counter: Counter) -> None:
    gift = counter.gift()
    charge_id = str(money.payments(gift)[0].charge_id)
    dispute = counter.till.sandbox.do(disputes.begin, charge_id)
    counter.till.hear("dispute", dispute["id"])
    page = counter.bo.read(f"{path(gift)}/refund")
    assert "bank disputes this payment" in page
    assert 'name="amount"' not in page
    assert counter.fill_in(gift, "10").status_code == 409


def test_what_was_not_paid_has_nothing_to_give_back(counter: Counter) -> None:
    gift = counter.till.open()
    assert "There is nothing to give back" in counter.bo.read(f"{path(gift)}/refund")


def test_where_stripe_gives_no_sure_answer_it_is_asked_again_by_itself(counter: Counter) -> None:
    gift = counter.gift()
    trouble = Trouble("reset_after", path="/v1/refunds", count=3)
    counter.till.sandbox.api.troubles.order(trouble)
    counter.give_back(gift, "10")
    assert "asked again by itself" in told(counter, gift)
    assert "being asked for" in counter.bo.read(path(gift))
    assert counter.fill_in(gift, "10").status_code == 409


def test_what_stripe_refuses_is_said_with_its_word(counter: Counter) -> None:
    gift = counter.gift()
    intent_id = money.payments(gift)[0].payment_intent_id
    counter.till.sandbox.do(at_stripe.create, {"payment_intent": intent_id})
    counter.give_back(gift, "10")
    assert "(charge_already_refunded)" in told(counter, gift)
    assert money.refunds() == [(1000, "failed")]


def test_where_stripe_is_not_connected_nothing_is_asked(app: Flask, till_only: Till) -> None:
    gift, intent_id = till_only.given()
    till_only.hear("payment_intent", intent_id)
    bo = members.of(app, "bo", "finance")
    assert "Stripe is not connected here" in bo.read(f"{path(gift)}/refund")
    fields = {"payment": money.payments(gift)[0].id, "amount": "10", "reason": "x"}
    assert bo.post(f"{path(gift)}/refund", **fields).status_code == 409


def test_who_signed_in_a_while_ago_proves_themselves_first(counter: Counter) -> None:
    gift = counter.gift()
    target = f"{path(gift)}/refund"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11)):
        for answer in (counter.bo.get(target), counter.bo.post(target, confirmed="yes")):
            assert answer.location == f"/staff/sign-in/again?next={target}"
