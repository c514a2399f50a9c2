"""Money that no gift of ours explains, or that is not what was pledged, is kept and asked about."""

from dataclasses import replace

from db.session import transaction
from payments.applying import charges, intents, refunds, sessions
from payments.models.money import Payment, Refund
from sandbox.stripe import refunds as desk
from tests.payments.applying import seen
from tests.payments.applying.till import NOW, Gift, Till


def stranger(till: Till) -> Gift:
    """Have a page opened in our account by somebody else's program."""
    line = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "A mug"}}
    request = {
        "mode": "payment",
        "client_reference_id": "order 7",
        "line_items": [{"quantity": 1, "price_data": line}],
        "success_url": "http://127.0.0.1/shop",
    }
    return Gift(0, till.gateway.open_session(request, key="a shop's").id)


def test_a_payment_of_no_gift_of_ours_is_kept_and_asked_about_once(till: Till) -> None:
    intent_id = till.pay(stranger(till))
    till.hear_all()
    till.hear_all()
    assert [(each.amount, each.donation_id) for each in seen.every(Payment)] == [(900, None)]
    assert seen.tasks() == {("unmatched payment", intent_id): None}
    assert [category for category, _ in seen.ledger()] == ["charge"]


def test_a_session_of_somebody_elses_changes_nothing(till: Till) -> None:
    shop = stranger(till)
    till.pay(shop)
    till.hear("checkout.session", shop.session_id)
    assert (seen.every(Payment), seen.tasks()) == ([], {})


def test_a_payment_that_finds_its_gift_later_is_not_asked_about_any_more(till: Till) -> None:
    gift, intent_id = till.given()
    snapshot = intents.fetch(till.gateway, intent_id)
    unknown = replace(snapshot, intent=replace(snapshot.intent, reference=None))
    with transaction() as session:
        intents.apply(session, unknown, now=NOW)
    assert seen.tasks() == {("unmatched payment", intent_id): None}
    till.hear("payment_intent", intent_id)
    assert seen.tasks() == {("unmatched payment", intent_id): "its gift was found"}
    assert seen.donation(gift).state == "paid"


def test_less_than_was_pledged_is_what_the_receipt_says(till: Till) -> None:
    gift, intent_id = till.given()
    snapshot = intents.fetch(till.gateway, intent_id)
    less = replace(snapshot, intent=replace(snapshot.intent, amount_received=1000))
    with transaction() as session:
        intents.apply(session, less, now=NOW)
    assert seen.tasks() == {("difference", intent_id): None}
    assert (seen.receipts(), seen.standing_of(gift).kept) == ([("gift", 1000)], 1000)


def test_a_charge_that_no_intent_made_is_in_the_books_and_asked_about(till: Till) -> None:
    _, intent_id = till.given()
    charge_id = till.charge_of(intent_id)
    snapshot = charges.fetch(till.gateway, charge_id)
    assert snapshot.intent is not None
    bare = replace(snapshot, intent=None, entry=snapshot.intent.entry)
    with transaction() as session:
        charges.apply(session, bare, now=NOW)
    assert seen.tasks() == {("unmatched payment", charge_id): None}
    assert [category for category, _ in seen.ledger()] == ["charge"]


def test_a_refund_of_such_a_charge_is_too(till: Till) -> None:
    _, intent_id = till.given()
    refund = till.sandbox.do(desk.create, {"payment_intent": intent_id})
    snapshot = refunds.fetch(till.gateway, refund["id"])
    with transaction() as session:
        refunds.apply(session, replace(snapshot, payment_intent_id=None), now=NOW)
    assert seen.tasks() == {("unmatched payment", refund["id"]): None}
    assert (seen.every(Refund), seen.ledger()) == ([], [("refund", -2500)])


def test_a_session_paid_by_nothing_counts_nothing(till: Till) -> None:
    gift = till.open()
    snapshot = sessions.fetch(till.gateway, gift.session_id)
    paid = replace(snapshot.session, status="complete", payment_status="paid")
    with transaction() as session:
        sessions.apply(session, replace(snapshot, session=paid), now=NOW)
    assert (seen.donation(gift).state, seen.receipts()) == ("open", [])
