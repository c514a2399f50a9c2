"""Books that are equal hold; whatever differs is found on the side it is on, and named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from config import limits
from db.session import transaction
from payments import ledger, reconciling
from payments.findings import Finding, Report
from payments.models.money import Payment
from tests.payments.reconciling import books as made
from tests.payments.reconciling.books import NOW, Books


@pytest.fixture
def books(app: Flask) -> Books:
    """Give books that are equal on both sides."""
    with transaction() as session:
        return made.equal(session)


def compared(books: Books, *, lag: int = 0) -> Report:
    return reconciling.compare(transaction, books.stripe, now=NOW, lag_seconds=lag)


def found(report: Report) -> dict[Finding, list[str]]:
    return {kind: ids.shown for kind, ids in report.found.items() if ids.count}


def test_equal_books_hold(books: Books) -> None:
    report = compared(books)
    assert report.holds
    assert [total.told() for total in report.totals] == [
        {"currency": "EUR", "stripe": 2_910, "ours": 2_910, "difference": 0}
    ]
    assert report.entries == 3


def test_empty_books_hold(app: Flask) -> None:
    assert compared(Books()).holds


def test_a_line_that_we_lack_is_named_with_its_sum(books: Books) -> None:
    books.lines.append(made.line(7, net=500))
    report = compared(books)
    assert not report.holds
    assert found(report) == {Finding.MISSING_ENTRY: ["txn_7"]}
    assert report.totals[0].difference == -500


def test_a_line_that_stripe_does_not_know_is_named_with_its_sum(books: Books) -> None:
    gone = books.lines.pop(1)
    report = compared(books)
    assert found(report) == {Finding.EXTRA_ENTRY: [gone.id]}
    assert report.totals[0].difference == gone.net


@pytest.mark.parametrize("number", [0, 2])
def test_a_line_with_other_figures_is_named(books: Books, number: int) -> None:
    made.worth(books, number, net=969)
    report = compared(books)
    assert found(report) == {Finding.CHANGED_ENTRY: [f"txn_{number}"]}
    assert report.totals[0].difference == 1


def test_two_faults_that_cancel_out_are_both_named(books: Books) -> None:
    books.lines[1] = made.line(9)
    report = compared(books)
    assert report.totals[0].difference == 0
    assert found(report) == {Finding.MISSING_ENTRY: ["txn_9"], Finding.EXTRA_ENTRY: ["txn_1"]}
    assert not report.holds


def test_currencies_are_never_added_up(books: Books) -> None:
    books.lines.append(made.line(7, net=100, currency="USD"))
    totals = {total.currency: total.difference for total in compared(books).totals}
    assert totals == {"EUR": 0, "USD": -100}


def test_what_is_older_than_all_that_stripe_lists_is_found_too(books: Books) -> None:
    with transaction() as session:
        ledger.write(session, made.line(8, at=NOW - timedelta(days=900)), now=NOW)
    assert compared(books).found[Finding.EXTRA_ENTRY].shown == ["txn_8"]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_where_the_list_is_cut_changes_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(limits, "BOOKS_CHUNK", size)
    with transaction() as session:
        books = made.equal(session, 0)
        for number in range(9):
            each = made.line(number, at=NOW - timedelta(seconds=number // 3), kind="fee")
            books.lines.append(each)
            if number != 4:
                ledger.write(session, each, now=NOW)
        ledger.write(session, made.line(20, at=NOW - timedelta(seconds=1), kind="fee"), now=NOW)
    ids = {Finding.MISSING_ENTRY: ["txn_4"], Finding.EXTRA_ENTRY: ["txn_20"]}
    assert found(compared(books)) == ids


def test_offline_gifts_are_not_held_against_stripe(books: Books) -> None:
    cheque = made.line(1)
    with transaction() as session:
        ledger.write(session, replace(cheque, id="offline:1"), now=NOW)
    assert compared(books).holds


def test_what_is_younger_than_the_lag_is_left_out_on_both_sides(books: Books) -> None:
    young = made.line(7, at=NOW + timedelta(hours=1, minutes=55))
    ours = made.line(8, at=NOW + timedelta(hours=1, minutes=55))
    books.lines.append(young)
    with transaction() as session:
        ledger.write(session, ours, now=NOW)
    assert compared(books, lag=600).holds
    assert not compared(books, lag=60).holds


def test_a_payment_that_succeeded_at_stripe_and_is_not_here_is_named(books: Books) -> None:
    books.succeeded += [made.intent(7), made.intent(8, "requires_payment_method")]
    assert found(compared(books)) == {Finding.MISSING_PAYMENT: ["pi_7"]}


def test_a_gift_whose_payment_is_gone_and_a_charge_without_payment_are_named(books: Books) -> None:
    with transaction() as session:
        session.delete(session.query(Payment).filter_by(payment_intent_id="pi_1").one())
    kinds = found(compared(books)).keys()
    assert kinds == {
        Finding.GIFT_WITHOUT_PAYMENT,
        Finding.UNMATCHED_CHARGE,
        Finding.MISSING_PAYMENT,
    }


def test_a_payment_of_no_gift_is_named(books: Books) -> None:
    with transaction() as session:
        session.query(Payment).filter_by(payment_intent_id="pi_1").one().donation_id = None
    report = compared(books)
    assert report.found[Finding.PAYMENT_WITHOUT_GIFT].shown == ["pi_1"]
    assert report.counts()[Finding.GIFT_WITHOUT_PAYMENT] == 1


def test_a_payment_that_no_line_is_about_is_named(books: Books) -> None:
    with transaction() as session:
        made.gift(session, 9)
    books.succeeded.append(made.intent(9))
    assert found(compared(books)) == {Finding.UNSETTLED_PAYMENT: ["pi_9"]}


def test_ids_are_all_counted_and_some_shown(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BOOKS_IDS_SHOWN", 2)
    books.lines += [made.line(number) for number in range(10, 15)]
    told = compared(books).found[Finding.MISSING_ENTRY]
    assert (told.count, len(told.shown)) == (5, 2)
