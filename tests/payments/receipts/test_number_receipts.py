"""Receipts are numbered 1, 2, 3 in each year, whoever issues at once and whatever is rolled back."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.session import transaction
from payments import numbering, receipts
from payments.models.giving import Donation
from payments.models.receipts import Receipt
from tests.builders import NOW
from tests.payments.receipts import giver

THREADS = 8
EACH = 9


class ChangedItsMind(Exception):
    """A transaction ends without its receipt."""


def give(app: Flask, thread: int) -> None:
    """Issue one receipt after another; every third transaction is rolled back behind its number."""
    for number in range(EACH):
        with app.app_context(), suppress(ChangedItsMind), transaction() as session:
            by = giver.donor(session, f"donor{thread}@example.org")
            receipts.issue(session, giver.paid(session, by=by), now=NOW)
            if (thread + number) % 3 == 0:
                raise ChangedItsMind


def test_eight_threads_and_their_rollbacks_leave_no_gap(app: Flask) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda thread: give(app, thread), range(THREADS)))
    with transaction() as session:
        numbers = session.scalars(select(Receipt.number).order_by(Receipt.number)).all()
    assert list(numbers) == list(range(1, THREADS * EACH * 2 // 3 + 1))


def test_two_that_issue_for_the_same_gift_get_the_same_receipt(app: Flask) -> None:
    with transaction() as session:
        id_ = giver.paid(session).id

    def number(_: int) -> str:
        with app.app_context(), transaction() as own:
            donation = own.get_one(Donation, id_)
            return numbering.said(receipts.issue(own, donation, now=NOW))

    with ThreadPoolExecutor(THREADS) as threads:
        assert set(threads.map(number, range(THREADS))) == {"2026-00001"}


def test_each_year_begins_at_one(session: Session) -> None:
    numbers = [(2026, numbering.take(session, 2026)) for _ in range(2)]
    assert [*numbers, (2027, numbering.take(session, 2027))] == [(2026, 1), (2026, 2), (2027, 1)]


def test_a_receipt_is_found_by_its_number_as_printed(session: Session) -> None:
    receipt = receipts.issue(session, giver.paid(session), now=NOW)
    assert numbering.named(session, f" {numbering.said(receipt)} ") is receipt


@pytest.mark.parametrize("number", ["", "2026-00002", "1", "2026-1", "2026-0000x", "٢٠٢٦-٠٠٠٠١"])
def test_a_number_that_was_not_given_is_unknown(session: Session, number: str) -> None:
    receipts.issue(session, giver.paid(session), now=NOW)
    with pytest.raises(numbering.UnknownNumber, match="2026-00042"):
        numbering.named(session, number)
