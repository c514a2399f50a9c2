"""What is left of a gift is what its last receipt says."""

import pytest
from flask import Flask

from db.session import transaction
from payments import reconciling
from payments.findings import Finding
from payments.models.donors import Donor
from payments.models.giving import Channel, Donation
from tests.payments.reconciling import books as made
from tests.payments.reconciling.books import NOW, Books


def differing(kind: Finding = Finding.RECEIPT_DIFFERS) -> int:
    report = reconciling.compare(transaction, Books().stripe, now=NOW)
    return report.counts()[kind]


@pytest.mark.parametrize(("said", "refunded", "differ"), [
    (1_000, 0, 0), (999, 0, 1), (1_000, 400, 1), (600, 400, 0), (0, 1_000, 0),
])  # fmt: skip
def test_a_receipt_says_what_is_left(app: Flask, said: int, refunded: int, differ: int) -> None:
    with transaction() as session:
        made.gift(session, 1, receipt=said)
        if refunded:
            made.refund(session, 1, refunded)
    assert differing() == differ


def test_more_gifts_than_are_looked_at_at_once_are_all_looked_at(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.limits.BOOKS_CHUNK", 2)
    with transaction() as session:
        for number in range(5):
            made.gift(session, number, receipt=999)
    assert differing() == 5


def test_a_gift_of_somebody_we_know_has_a_receipt(app: Flask) -> None:
    with transaction() as session:
        made.gift(session, 1)
        boris = Donor(address=b"sealed", address_index=b"hashed", language="en")
        session.query(Donation).one().donor = boris
    assert differing(Finding.MISSING_RECEIPT) == 1


def test_a_cheque_is_in_the_ledger(app: Flask, staff: made.Hire) -> None:
    with transaction() as session:
        made.gift(session, 1)
        donation = session.query(Donation).one()
        donation.channel, donation.received_on = Channel.CHEQUE, NOW.date()
        donation.entered_by = staff("dana", "finance").id
    assert differing(Finding.UNWRITTEN_GIFT) == 1
