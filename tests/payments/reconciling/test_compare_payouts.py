"""A payout is the sum of its lines, on both sides."""

from flask import Flask

from db.session import transaction
from payments import reconciling
from payments.findings import Finding, Report
from payments.models.money import Payout
from tests.payments.reconciling import books as made
from tests.payments.reconciling.books import NOW, Books


def paid_out(*, ours: int = 3, amount: int | None = None) -> Books:
    """Give equal books of which all was paid out, and written down with so many of its three lines."""
    with transaction() as session:
        books = made.equal(session)
        made.paid_out(session, books, theirs=made.payout(*books.lines, amount=amount), ours=ours)
    return books


def compared(books: Books) -> Report:
    return reconciling.compare(transaction, books.stripe, now=NOW)


def test_a_payout_whose_lines_we_have_holds(app: Flask) -> None:
    report = compared(paid_out())
    assert report.holds
    assert [paid.told()["ours"] for paid in report.payouts] == [2_910]


def test_a_line_that_we_did_not_count_to_it_is_named(app: Flask) -> None:
    report = compared(paid_out(ours=2))
    (paid,) = report.payouts
    assert paid.missing.shown == ["txn_2"]
    assert paid.total.difference == -970
    assert not report.holds


def test_a_line_that_is_of_another_payout_is_named(app: Flask) -> None:
    books = paid_out()
    (of,) = books.paid_out.values()
    of.pop()
    (paid,) = compared(books).payouts
    assert paid.extra.shown == ["txn_2"]


def test_a_payout_of_another_amount_than_its_lines_differs(app: Flask) -> None:
    (paid,) = compared(paid_out(amount=2_000)).payouts
    assert paid.total.difference == 910


def test_a_payout_that_we_lack_is_named(app: Flask) -> None:
    with transaction() as session:
        books = made.equal(session)
    books.paid_out[made.payout(*books.lines)] = books.lines
    report = compared(books)
    assert report.found[Finding.MISSING_PAYOUT].shown == ["po_1"]
    assert not report.holds


def test_a_payout_whose_row_says_another_amount_is_named(app: Flask) -> None:
    books = paid_out()
    with transaction() as session:
        session.query(Payout).one().amount = 1
    assert compared(books).found[Finding.CHANGED_PAYOUT].shown == ["po_1"]
