"""A gift is paid where its payment intent has succeeded, and by nothing else."""

from dataclasses import replace
from datetime import timedelta

from db.session import transaction
from payments.applying import intents, sessions
from payments.models.giving import Checkout
from payments.models.money import Payment
from sandbox.stripe import checkout
from tests.payments.applying import seen
from tests.payments.applying.till import CARD, DEBIT, FAILING_DEBIT, NOW, Till, apply

DAYS = 5 * 24 * 3600


def test_a_paid_session_makes_the_gift_paid_with_one_receipt(till: Till) -> None:
    gift, intent_id = till.given()
    till.hear("checkout.session", gift.session_id)
    assert seen.donation(gift).state == "paid"
    assert [each.state for each in seen.every(Checkout)] == ["complete"]
    assert [each.payment_intent_id for each in seen.every(Payment)] == [intent_id]
    assert (seen.receipts(), seen.mails()) == ([("gift", 2500)], ["receipt"])
    assert seen.events() == ["paid"]


def test_the_intent_alone_repairs_a_session_that_was_never_heard_of(till: Till) -> None:
    gift, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    assert seen.donation(gift).state == "paid"
    till.hear("checkout.session", gift.session_id)
    assert seen.receipts() == [("gift", 2500)]


def test_a_gift_is_of_the_moment_it_was_paid_not_of_when_we_heard(till: Till) -> None:
    gift, intent_id = till.given()
    snapshot = intents.fetch(till.gateway, intent_id)
    with transaction() as session:
        intents.apply(session, snapshot, now=NOW + timedelta(days=3))
    assert snapshot.charge is not None
    assert seen.donation(gift).paid_at == snapshot.charge.made_at


def test_the_line_of_the_books_comes_with_the_charge(till: Till) -> None:
    gift = till.open()
    intent_id = till.pay_at_once(gift)
    till.hear("payment_intent", intent_id)
    assert (seen.donation(gift).state, seen.ledger()) == ("paid", [])
    till.sandbox.advance(2)
    till.hear("charge", till.charge_of(intent_id))
    assert [category for category, _ in seen.ledger()] == ["charge"]


def test_a_debit_is_on_its_way_and_no_money_until_it_succeeds(till: Till) -> None:
    gift, _ = till.given(number=DEBIT)
    till.hear_all()
    assert seen.donation(gift).state == "processing"
    assert (seen.every(Payment), seen.ledger(), seen.receipts()) == ([], [], [])
    till.sandbox.advance(DAYS)
    till.hear_all()
    assert seen.donation(gift).state == "paid"
    assert seen.mails() == ["donation-processing", "receipt"]
    assert seen.standing_of(gift).kept == 2500


def test_a_debit_that_fails_is_told_and_counts_nothing(till: Till) -> None:
    gift, _ = till.given(number=FAILING_DEBIT)
    till.hear_all()
    till.sandbox.advance(DAYS)
    till.hear_all()
    assert (seen.donation(gift).state, seen.standing_of(gift).kept) == ("failed", 0)
    assert seen.mails() == ["donation-processing", "donation-failed"]
    assert seen.events() == ["on its way", "did not go through"]


def test_a_failed_debit_that_is_heard_at_its_end_is_not_called_on_its_way(till: Till) -> None:
    gift, _ = till.given(number=FAILING_DEBIT)
    till.sandbox.advance(DAYS)
    till.hear("checkout.session", gift.session_id)
    assert (seen.donation(gift).state, seen.mails()) == ("failed", ["donation-failed"])


def test_a_failed_debit_stays_failed_when_older_news_comes_late(till: Till) -> None:
    gift, _ = till.given(number=FAILING_DEBIT)
    older = till.news("checkout.session", gift.session_id)
    till.sandbox.advance(DAYS)
    till.hear("checkout.session", gift.session_id)
    apply(older)
    assert (seen.donation(gift).state, seen.mails()) == ("failed", ["donation-failed"])


def test_a_refused_card_heard_of_late_does_not_fail_the_debit_behind_it(till: Till) -> None:
    gift = till.open()
    refused = till.news("payment_intent", till.pay(gift, "4000000000000002"))
    till.pay(gift, DEBIT)
    till.hear("checkout.session", gift.session_id)
    apply(refused)
    assert (seen.donation(gift).state, seen.mails()) == ("processing", ["donation-processing"])


def test_a_gift_that_failed_may_be_paid_by_another_attempt(till: Till) -> None:
    gift, _ = till.given(number=FAILING_DEBIT)
    till.sandbox.advance(DAYS)
    till.hear_all()
    second = till.attempt(gift.given_id, now=NOW + timedelta(seconds=DAYS))
    till.pay(second)
    till.hear_all()
    assert (seen.donation(gift).state, seen.receipts()) == ("paid", [("gift", 2500)])


def test_a_card_that_is_refused_leaves_the_gift_open(till: Till) -> None:
    gift = till.open()
    intent_id = till.pay(gift, "4000000000000002")
    till.hear("payment_intent", intent_id)
    till.hear("checkout.session", gift.session_id)
    assert (seen.donation(gift).state, seen.mails()) == ("open", [])


def test_a_session_that_ran_out_expires_the_gift_and_mails_nobody(till: Till) -> None:
    gift = till.open()
    till.sandbox.do(checkout.expire, {}, gift.session_id)
    till.hear("checkout.session", gift.session_id)
    assert (seen.donation(gift).state, seen.mails()) == ("expired", [])
    assert [each.state for each in seen.every(Checkout)] == ["expired"]


def test_a_paid_gift_does_not_expire_when_older_news_comes_late(till: Till) -> None:
    gift = till.open()
    open_ = sessions.fetch(till.gateway, gift.session_id)
    till.pay(gift)
    till.hear("checkout.session", gift.session_id)
    for status in ("open", "expired"):
        stale = replace(open_, session=replace(open_.session, status=status))
        with transaction() as session:
            sessions.apply(session, stale, now=NOW)
    assert seen.donation(gift).state == "paid"
    assert [each.state for each in seen.every(Checkout)] == ["complete"]


def test_an_old_attempt_that_expires_leaves_the_new_one_payable(till: Till) -> None:
    gift = till.open()
    till.sandbox.do(checkout.expire, {}, gift.session_id)
    old = till.news("checkout.session", gift.session_id)
    apply(old)
    second = till.attempt(gift.given_id)
    till.hear("checkout.session", second.session_id)
    apply(old)
    assert [each.state for each in seen.every(Checkout)] == ["expired", "open"]
    till.pay(second, CARD)
    till.hear("checkout.session", second.session_id)
    assert seen.donation(gift).state == "paid"
