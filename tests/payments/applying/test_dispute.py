"""Inquiries and disputes to their end, in the books, on receipts and before staff."""

from dataclasses import replace

from db.session import transaction
from payments.applying import disputes as rooms
from payments.models.events import MoneyTask
from payments.models.money import Dispute
from sandbox.stripe import disputes
from sandbox.stripe.things import Thing
from tests.payments.applying import seen
from tests.payments.applying.till import NOW, Gift, Till, apply


def disputed(till: Till, **how: object) -> tuple[Gift, str]:
    """Have a paid gift disputed; return it and the dispute's id. Only the payment was heard of."""
    gift, intent_id = till.given()
    till.hear("payment_intent", intent_id)
    return gift, begin(till, intent_id, **how)


def begin(till: Till, intent_id: str, **how: object) -> str:
    """Have the donor's bank dispute a payment; return the dispute's id."""
    begun: Thing = till.sandbox.do(disputes.begin, till.charge_of(intent_id), **how)  # type: ignore[arg-type] # the sandbox's keywords
    return str(begun["id"])


def test_an_inquiry_moves_no_money_and_has_its_day(till: Till) -> None:
    gift, dispute_id = disputed(till, inquiry=True)
    till.hear("dispute", dispute_id)
    assert seen.tasks() == {("inquiry", dispute_id): None}
    assert [each.due_at for each in seen.every(MoneyTask)] == [seen.every(Dispute)[0].due_at]
    assert [category for category, _ in seen.ledger()] == ["charge"]
    assert (seen.standing_of(gift).disputed, seen.standing_of(gift).kept) == (0, 2500)


def test_an_inquiry_that_ends_settles_itself(till: Till) -> None:
    _, dispute_id = disputed(till, inquiry=True)
    till.hear("dispute", dispute_id)
    till.sandbox.do(disputes.withdraw_inquiry, dispute_id)
    till.hear("dispute", dispute_id)
    assert seen.tasks() == {("inquiry", dispute_id): "warning_closed"}
    assert seen.receipts() == [("gift", 2500)]


def test_an_inquiry_may_become_a_dispute(till: Till) -> None:
    gift, dispute_id = disputed(till, inquiry=True)
    till.hear("dispute", dispute_id)
    till.sandbox.do(disputes.escalate, dispute_id)
    till.hear("dispute", dispute_id)
    assert seen.tasks() == {
        ("inquiry", dispute_id): "it became a dispute",
        ("dispute", dispute_id): None,
    }
    assert seen.standing_of(gift).disputed == 2500


def test_disputed_money_is_away_but_the_receipt_waits_for_the_verdict(till: Till) -> None:
    gift, dispute_id = disputed(till)
    till.hear("dispute", dispute_id)
    row = seen.every(Dispute)[0]
    assert (row.withdrawn, row.reinstated) == (True, False)
    assert seen.ledger()[-1] == ("dispute", -2500)
    assert (seen.standing_of(gift).disputed, seen.standing_of(gift).kept) == (2500, 2500)
    assert seen.receipts() == [("gift", 2500)]


def test_a_dispute_that_is_won_brings_the_money_back_and_settles_itself(till: Till) -> None:
    gift, dispute_id = disputed(till)
    till.hear("dispute", dispute_id)
    till.sandbox.do(disputes.win, dispute_id)
    till.hear("dispute", dispute_id)
    row = seen.every(Dispute)[0]
    assert (row.status, row.withdrawn, row.reinstated) == ("won", True, True)
    assert seen.tasks() == {("dispute", dispute_id): "won"}
    assert seen.ledger()[-1] == ("dispute_reversal", 2500)
    assert (seen.receipts(), seen.standing_of(gift).kept) == ([("gift", 2500)], 2500)


def test_a_dispute_that_is_lost_is_said_in_a_new_receipt(till: Till) -> None:
    gift, dispute_id = disputed(till, amount=1000)
    till.hear("dispute", dispute_id)
    till.sandbox.do(disputes.lose, dispute_id)
    till.hear("dispute", dispute_id)
    assert seen.tasks() == {("dispute", dispute_id): "lost"}
    assert seen.receipts() == [("gift", 2500), ("correction", 1500)]
    assert (seen.standing_of(gift).lost, seen.donation(gift).state) == (1000, "paid")


def test_a_dispute_first_heard_of_when_lost_is_asked_and_settled(till: Till) -> None:
    _, dispute_id = disputed(till)
    till.sandbox.do(disputes.lose, dispute_id)
    till.hear("dispute", dispute_id)
    assert seen.tasks() == {("dispute", dispute_id): "lost"}
    assert seen.receipts() == [("gift", 2500), ("correction", 0)]


def test_a_dispute_before_its_payment_has_its_day_at_once_and_its_gift_later(till: Till) -> None:
    gift, intent_id = till.given()
    dispute_id = begin(till, intent_id)
    till.sandbox.do(disputes.lose, dispute_id)
    till.hear("dispute", dispute_id)
    assert seen.tasks() == {("dispute", dispute_id): "lost"}
    assert [each.donation_id for each in seen.every(MoneyTask)] == [None]
    till.hear("payment_intent", intent_id)
    assert [each.donation_id for each in seen.every(MoneyTask)] == [gift.given_id]
    assert seen.receipts() == [("gift", 2500), ("correction", 0)]


def test_a_dispute_that_was_won_is_not_open_again_when_older_news_is_late(till: Till) -> None:
    gift, dispute_id = disputed(till)
    older = till.news("dispute", dispute_id)
    till.sandbox.do(disputes.win, dispute_id)
    till.hear("dispute", dispute_id)
    apply(older)
    assert [each.status for each in seen.every(Dispute)] == ["won"]
    assert seen.standing_of(gift).disputed == 0
    assert seen.tasks() == {("dispute", dispute_id): "won"}


def told(till: Till, dispute_id: str, **changed: object) -> None:
    """Hear of a dispute as Stripe would tell of it in a state that the sandbox does not have."""
    snapshot = rooms.fetch(till.gateway, dispute_id)
    changed_dispute = replace(snapshot.dispute, **changed)  # type: ignore[arg-type] # fields by name
    with transaction() as session:
        rooms.apply(session, replace(snapshot, dispute=changed_dispute), now=NOW)


def test_a_lost_dispute_that_is_won_on_appeal_is_said_in_a_third_receipt(till: Till) -> None:
    gift, dispute_id = disputed(till)
    for status in ("lost", "appeal_needs_response", "appeal_under_review"):
        told(till, dispute_id, status=status)
    assert seen.receipts() == [("gift", 2500), ("correction", 0)]
    told(till, dispute_id, status="won")
    assert seen.receipts() == [("gift", 2500), ("correction", 0), ("correction", 2500)]
    assert seen.standing_of(gift).lost == 0


def test_an_appeal_that_is_lost_is_lost_and_says_nothing_new(till: Till) -> None:
    gift, dispute_id = disputed(till)
    for status in ("lost", "appeal_under_review", "lost"):
        told(till, dispute_id, status=status)
    assert [each.status for each in seen.every(Dispute)] == ["lost"]
    assert seen.receipts() == [("gift", 2500), ("correction", 0)]
    assert seen.standing_of(gift).lost == 2500


def test_a_dispute_that_was_prevented_takes_nothing(till: Till) -> None:
    gift, dispute_id = disputed(till)
    told(till, dispute_id, status="prevented")
    assert seen.tasks() == {("dispute", dispute_id): "prevented"}
    assert (seen.standing_of(gift).disputed, seen.standing_of(gift).kept) == (0, 2500)


def test_a_dispute_of_a_charge_that_no_intent_made_is_asked_about(till: Till) -> None:
    _, dispute_id = disputed(till)
    snapshot = rooms.fetch(till.gateway, dispute_id)
    with transaction() as session:
        rooms.apply(session, replace(snapshot, payment_intent_id=None), now=NOW)
    assert seen.tasks() == {("unmatched payment", dispute_id): None}
    assert (seen.every(Dispute), seen.ledger()[-1]) == ([], ("dispute", -2500))
