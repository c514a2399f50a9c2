"""A year's statement is what receipts and rows say of its gifts, by currency (property P10)."""

import itertools
from collections import Counter
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from payments import receipt_copies, receipts, statements
from payments.documents import year as years
from payments.models.donors import Donor
from payments.models.receipts import ReceiptKind
from tests.builders import NOW
from tests.payments.receipts import giver

NUMBERS = itertools.count(1)
REFUNDS = st.lists(
    st.tuples(st.integers(1, 1_000), st.sampled_from(["succeeded", "pending", "failed"])),
    max_size=3,
)
GIFTS = st.lists(
    st.tuples(st.integers(3_000, 9_000), st.sampled_from(["EUR", "JPY"]), REFUNDS), max_size=4
)


@given(gifts=GIFTS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_statement_is_the_sum_of_receipts_less_what_went_back(
    session: Session, gifts: list[tuple[int, str, list[tuple[int, str]]]]
) -> None:
    donor = giver.donor(session, f"donor{next(NUMBERS)}@example.org")
    issued, returned = Counter[str](), Counter[str]()
    for amount, currency, refunds in gifts:
        donation = giver.paid(session, amount, currency=currency, by=donor)
        issued[currency] += receipts.issue(session, donation, now=NOW).amount
        for part, status in refunds:
            row = giver.refund(session, donation, part, status)
            returned[currency] += part if status != "failed" else 0
            receipts.correct(session, donation, cause=f"{row.refund_id}", now=NOW)
    totals = years.totals(statements.entries(session, donor, 2026, zone="UTC"))
    assert {code: total.kept for code, total in totals.items()} == dict(issued - returned)
    assert last_receipts(session, donor) == Counter(
        {code: total.kept for code, total in totals.items()}
    )


def last_receipts(session: Session, donor: Donor) -> Counter[str]:
    """Return what the last receipt of each gift says, by currency."""
    last: dict[int | None, tuple[str, int]] = {}
    for receipt in reversed(receipts.of_donor(session, donor)):
        last[receipt.donation_id] = receipt.currency, receipt.amount
    sums = Counter[str]()
    for currency, amount in last.values():
        sums[currency] += amount
    return sums


def test_what_went_back_counts_against_the_year_of_its_gift(session: Session) -> None:
    donation = giver.paid(session, 5_000, at=datetime(2025, 12, 31, 12, tzinfo=UTC))
    giver.refund(session, donation, 2_000)
    assert donation.donor is not None
    (entry,) = statements.entries(session, donation.donor, 2025, zone="UTC")
    assert (entry.given, entry.kept) == (5_000, 3_000)
    assert statements.entries(session, donation.donor, 2026, zone="UTC") == ()


def test_the_year_turns_where_the_organisation_is(session: Session) -> None:
    donation = giver.paid(session, at=datetime(2026, 12, 31, 22, 30, tzinfo=UTC))
    assert donation.donor is not None
    assert statements.entries(session, donation.donor, 2026, zone="Asia/Amman") == ()
    assert len(statements.entries(session, donation.donor, 2027, zone="Asia/Amman")) == 1


def test_a_statement_is_numbered_among_the_receipts_and_kept(session: Session) -> None:
    donation = giver.paid(session)
    receipts.issue(session, donation, now=NOW)
    assert donation.donor is not None
    statement = statements.issue(session, donation.donor, 2026, now=NOW)
    assert (statement.kind, statement.number, statement.of_year) == (
        ReceiptKind.STATEMENT,
        2,
        2026,
    )
    assert receipt_copies.read(session, statement).startswith(b"%PDF-")


def test_the_same_statement_is_given_once_and_another_where_something_went_back(
    session: Session,
) -> None:
    donation = giver.paid(session)
    donor = giver.donor(session)
    first = statements.issue(session, donor, 2026, now=NOW)
    assert statements.issue(session, donor, 2026, now=NOW) is first
    giver.refund(session, donation, 100)
    assert statements.issue(session, donor, 2026, now=NOW).number == first.number + 1


def test_a_statement_is_mailed_with_its_copy_and_its_sums(session: Session) -> None:
    giver.paid(session, 5_000)
    statement = statements.send(session, giver.donor(session), 2026, now=NOW)
    (letter,) = giver.letters(session)
    assert letter.context["totals"] == ["€50.00"]
    assert letter.attached[0].content == receipt_copies.read(session, statement)


def test_gifts_of_others_are_not_in_it(session: Session) -> None:
    giver.paid(session, by=giver.donor(session, "amira@example.org"))
    assert statements.entries(session, giver.donor(session), 2026, zone="UTC") == ()
