"""Payouts for an accountant stand beside the sum of the lines that they are made of."""

from decimal import Decimal

from sqlalchemy.orm import Session

from payments.exporting import payouts
from payments.exporting.spans import Span
from tests.payments.exporting import made_up
from tests.payments.exporting.made_up import YEAR, told


def paid_out(session: Session, amount: int, *lines: str, known: str = "completed") -> None:
    """Add a payout made of these lines of 23.97 EUR each."""
    for name in lines:
        made_up.written(session, name)
    made_up.payout(session, amount, *lines, known=known)


def test_a_payout_that_adds_up_differs_by_nothing(session: Session) -> None:
    paid_out(session, 4_794, "txn_1", "txn_2")
    assert made_up.csv(payouts.table(session, YEAR)) == [
        "po_1,47.94,EUR,paid,completed,2026-11-22,2026-11-22T13:00:00+01:00,2,47.94,0.00"
    ]


def test_a_difference_is_ours_less_stripes(session: Session) -> None:
    paid_out(session, 4_794, "txn_1")
    assert told(payouts.table(session, YEAR))[0]["difference"] == Decimal("-23.97")


def test_where_stripe_does_not_say_which_lines_there_is_no_difference(session: Session) -> None:
    paid_out(session, 4_794, known="not_applicable")
    (row,) = told(payouts.table(session, YEAR))
    assert (row["lines"], row["sum"], row["difference"]) == (0, Decimal("0.00"), None)


def test_a_payout_of_another_year_is_in_another_file(session: Session) -> None:
    paid_out(session, 4_794)
    before = Span.read("2025-01-01", "2025-12-31", "Europe/Paris")
    assert told(payouts.table(session, before)) == []
