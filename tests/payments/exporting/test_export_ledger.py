"""The ledger for an accountant has every line of the days, in its settled currency, beside its gift."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from payments.exporting import ledger
from payments.models.giving import Donation, Fund
from payments.models.money import Payment
from tests.builders import NOW
from tests.payments.exporting import made_up
from tests.payments.exporting.made_up import YEAR, told
from tests.payments.receipts import giver


def gift(session: Session) -> Donation:
    """Add a gift to a fund, whose charge is ch_1."""
    donation = giver.paid(session, 3_000, currency="USD")
    donation.fund = Fund(slug="free-press", name="Free press")
    session.query(Payment).one().charge_id = "ch_1"
    return donation


def test_a_line_says_what_stripe_says_and_whose_gift_it_is(session: Session) -> None:
    donation = gift(session)
    made_up.written(session, exchange_rate=Decimal("0.923"))
    assert made_up.csv(ledger.table(session, YEAR)) == [
        (
            "txn_1,ch_1,charge,charge,25.00,1.03,23.97,EUR,0.923,"
            f"2026-11-22T13:00:00+01:00,2026-11-22,,{donation.reference}"
        )
    ]


def test_refunds_and_disputes_find_their_gift(session: Session) -> None:
    donation = gift(session)
    back, taken = giver.refund(session, donation, 500), giver.dispute(session, donation, "lost")
    made_up.written(session, "txn_2", source_id=back.refund_id, reporting_category="refund")
    made_up.written(session, "txn_3", source_id=taken.dispute_id, reporting_category="dispute")
    made_up.written(session, "txn_4", source_id="ch_of_nobody")
    found = list(ledger.lines(session, YEAR))
    assert [each.gift for each in found] == [donation.reference, donation.reference, None]
    assert [each.fund for each in found] == ["free-press", "free-press", None]
    assert [each.original_amount for each in found] == [500, 3_000, None]


def test_a_line_names_the_payout_that_paid_it_out(session: Session) -> None:
    made_up.written(session)
    made_up.payout(session, 2_397, "txn_1")
    assert told(ledger.table(session, YEAR))[0]["payout"] == "po_1"


def test_lines_of_the_span_come_the_oldest_first_and_no_others(session: Session) -> None:
    moment = timedelta(microseconds=1)
    times = {"a": YEAR.begins, "b": YEAR.ends, "c": YEAR.begins - moment, "d": YEAR.ends - moment}
    for name, at in reversed(times.items()):
        made_up.written(session, name, at=at)
    assert [each.id for each in ledger.lines(session, YEAR)] == ["a", "d"]


def test_more_lines_than_are_held_at_a_time_are_all_there(session: Session) -> None:
    for number in range(1_003):
        made_up.written(session, f"txn_{number}", at=NOW + timedelta(seconds=number))
    found = [each.id for each in ledger.lines(session, YEAR)]
    assert found == [f"txn_{number}" for number in range(1_003)]
