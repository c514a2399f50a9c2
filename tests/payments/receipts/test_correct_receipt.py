"""What goes back of a gift, or returns to us, is said in a new receipt: one for each cause."""

from sqlalchemy.orm import Session

from payments import numbering, receipts
from payments.models.receipts import ReceiptKind, ReceiptSeries
from tests.builders import NOW
from tests.payments.receipts import giver


def test_a_refund_makes_a_correction_that_names_what_it_corrects(session: Session) -> None:
    donation = giver.paid(session, 5_000)
    first = receipts.issue(session, donation, now=NOW)
    giver.refund(session, donation, 2_000)
    correction = receipts.correct(session, donation, cause="re_1:refunded", now=NOW)
    assert correction is not None
    assert (correction.kind, correction.amount) == (ReceiptKind.CORRECTION, 3_000)
    assert (correction.corrects_id, numbering.said(correction)) == (first.id, "2026-00002")


def test_a_cause_makes_one_correction_however_often_it_is_told(session: Session) -> None:
    donation = giver.paid(session)
    receipts.issue(session, donation, now=NOW)
    giver.refund(session, donation, 2_000)
    made = {receipts.correct(session, donation, cause="re_1:refunded", now=NOW) for _ in range(3)}
    assert len(made) == 1
    assert [letter.template for letter in giver.letters(session)] == [
        "receipt",
        "receipt-corrected",
    ]


def test_two_refunds_make_two_corrections_each_of_the_one_before(session: Session) -> None:
    donation = giver.paid(session, 5_000)
    before = receipts.issue(session, donation, now=NOW)
    for kept in (4_000, 3_000):
        row = giver.refund(session, donation, 1_000)
        correction = receipts.correct(session, donation, cause=f"{row.refund_id}", now=NOW)
        assert correction is not None
        assert (correction.amount, correction.corrects_id) == (kept, before.id)
        before = correction


def test_a_refund_that_fails_is_corrected_back(session: Session) -> None:
    donation = giver.paid(session, 5_000)
    receipts.issue(session, donation, now=NOW)
    row = giver.refund(session, donation, 5_000)
    receipts.correct(session, donation, cause="re_1:refunded", now=NOW)
    row.status = "failed"
    back = receipts.correct(session, donation, cause="re_1:failed", now=NOW)
    assert back is not None
    assert back.amount == 5_000


def test_a_lost_dispute_leaves_nothing(session: Session) -> None:
    donation = giver.paid(session)
    receipts.issue(session, donation, now=NOW)
    giver.dispute(session, donation, "lost")
    correction = receipts.correct(session, donation, cause="dp_1:lost", now=NOW)
    assert correction is not None
    assert correction.amount == 0


def test_where_nothing_changed_no_number_is_used_up(session: Session) -> None:
    donation = giver.paid(session)
    receipts.issue(session, donation, now=NOW)
    giver.dispute(session, donation, "needs_response")
    assert receipts.correct(session, donation, cause="dp_1:open", now=NOW) is None
    assert session.get_one(ReceiptSeries, 2026).last == 1


def test_a_gift_without_a_receipt_has_nothing_to_correct(session: Session) -> None:
    donation = giver.paid(session)
    giver.refund(session, donation, 1_000)
    assert receipts.correct(session, donation, cause="re_1:refunded", now=NOW) is None


def test_a_receipt_that_comes_after_the_refund_says_the_gift_and_its_correction_the_rest(
    session: Session,
) -> None:
    donation = giver.paid(session, 5_000)
    giver.refund(session, donation, 5_000)
    assert receipts.issue(session, donation, now=NOW).amount == 5_000
    correction = receipts.correct(session, donation, cause="re_1:refunded", now=NOW)
    assert correction is not None
    assert correction.amount == 0


def test_a_correction_can_be_mailed_again_as_it_was(session: Session) -> None:
    donation = giver.paid(session)
    receipts.issue(session, donation, now=NOW)
    giver.refund(session, donation, 2_000)
    correction = receipts.correct(session, donation, cause="re_1:refunded", now=NOW)
    assert correction is not None
    receipts.mail_again(session, correction, now=NOW)
    _, first, again = giver.letters(session)
    assert (first.template, first.context) == (again.template, again.context)
