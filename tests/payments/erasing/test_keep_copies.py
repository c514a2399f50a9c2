"""Copies of receipts go with their donor, but those that a law has us keep: until their years are over."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from payments import erasing, receipt_copies, receipts
from payments.models.donors import Donor
from payments.models.receipts import Receipt, ReceiptCopy
from tests.builders import NOW
from tests.cast import AMIRA
from tests.payments.receipts import giver

LIMIT = 100


def years_ago(years: int) -> datetime:
    return NOW.replace(year=NOW.year - years)


def given(session: Session, years: int, *, by: Donor | None = None) -> Receipt:
    """Have a gift of so many years ago, with its receipt of then."""
    donation = giver.paid(session, by=by, at=years_ago(years))
    return receipts.issue(session, donation, now=years_ago(years))


def erased(session: Session) -> Donor:
    """Return Boris as he is once he was erased."""
    donor = giver.donor(session)
    donor.address, donor.name, donor.erased_at = b"", None, NOW
    session.flush()
    return donor


def kept(session: Session, *of: Receipt) -> list[bool]:
    return [session.get(ReceiptCopy, each.id) is not None for each in of]


@pytest.mark.parametrize(
    ("keep_years", "left"),
    [
        (0, [False, False, False]),
        (1, [True, True, False]),
        (2, [True, True, True]),
        (6, [True, True, True]),
    ],
)
def test_as_many_years_are_kept_as_the_setting_says(
    session: Session, keep_years: int, left: list[bool]
) -> None:
    of = [given(session, years) for years in (0, 1, 2)]
    donor = giver.donor(session)
    told = receipt_copies.forget_of(session, donor, keep_years=keep_years, now=NOW)
    assert kept(session, *of) == left
    assert told == (left.count(False), left.count(True))


@pytest.mark.parametrize(("keep_years", "year"), [(0, None), (1, 0), (2, 1), (6, 5)])
def test_the_page_says_until_when(session: Session, keep_years: int, year: int | None) -> None:
    for years in (1, 5):
        given(session, years)
    until = erasing.kept_until(session, giver.donor(session), keep_years=keep_years, now=NOW)
    assert until == (None if year is None else NOW.year + year)


def test_who_has_no_receipt_has_nothing_kept(session: Session) -> None:
    donor = giver.donor(session)
    assert erasing.kept_until(session, donor, keep_years=6, now=NOW) is None
    assert receipt_copies.forget_of(session, donor, keep_years=6, now=NOW) == (0, 0)


def test_when_its_years_are_over_an_erased_donors_copy_goes(session: Session) -> None:
    old, new = given(session, 3), given(session, 2)
    erased(session)
    assert receipt_copies.forget_old(session, keep_years=2, now=NOW, limit=LIMIT) == 1
    assert kept(session, old, new) == [False, True]
    with pytest.raises(receipt_copies.Gone, match="number and hash remain"):
        receipt_copies.read(session, old)


def test_a_year_ends_where_the_organisation_is(session: Session) -> None:
    given(session, 2)
    erased(session)
    last = NOW.replace(month=12, day=31, hour=23, minute=59)
    assert receipt_copies.forget_old(session, keep_years=2, now=last, limit=LIMIT) == 0
    over = last + timedelta(minutes=1)
    assert receipt_copies.forget_old(session, keep_years=2, now=over, limit=LIMIT) == 1


@pytest.mark.parametrize("keep_years", [0, 1])
def test_copies_of_who_was_not_erased_stay_however_old(session: Session, keep_years: int) -> None:
    hers = given(session, 9, by=giver.donor(session, AMIRA))
    mine = given(session, 9)
    erased(session)
    assert receipt_copies.forget_old(session, keep_years=keep_years, now=NOW, limit=LIMIT) == 1
    assert kept(session, hers, mine) == [True, False]


def test_so_many_go_at_once_and_the_rest_the_next_time(session: Session) -> None:
    for _ in range(3):
        given(session, 5)
    erased(session)
    gone = [receipt_copies.forget_old(session, keep_years=0, now=NOW, limit=2) for _ in range(3)]
    assert gone == [2, 1, 0]


def test_other_donors_copies_are_not_forgotten_with_one(session: Session) -> None:
    hers, mine = given(session, 1, by=giver.donor(session, AMIRA)), given(session, 1)
    receipt_copies.forget_of(session, giver.donor(session), keep_years=0, now=NOW)
    assert kept(session, hers, mine) == [True, False]
