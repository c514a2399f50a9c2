"""A claim has the declared gifts in pounds of its days, and says which of them it leaves out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from payments import claimants, declarations, donors, gift_aid, receipts
from payments.gift_aid import Claim, LeftOut
from payments.models.donors import Declaration, Donor
from payments.models.giving import Donation
from tests.builders import NOW
from tests.payments.declaring import HOME, WORDING
from tests.payments.receipts import giver

TODAY = NOW.date()


def donor(session: Session, *, home: str = HOME, name: str = "Boris Example") -> Donor:
    """Return Boris, who has declared."""
    boris = giver.donor(session)
    donors.describe(session, boris, name=name, postal_address=home)
    if declarations.standing(session, boris) is None:
        made = Declaration(donor_id=boris.id, wording=WORDING, made_at=NOW)
        session.add(made)
        session.flush()
    return boris


def gift(session: Session, amount: int = 5_000, *, at: datetime = NOW) -> Donation:
    return giver.paid(session, amount, currency="GBP", by=donor(session), at=at)


def claimed(
    session: Session, first: date = date(2020, 1, 1), last: date = date(2030, 1, 1)
) -> list[Claim | LeftOut]:
    return list(gift_aid.claims(session, first, last))


def amounts(session: Session) -> list[int]:
    return [each.amount for each in claimed(session) if isinstance(each, Claim)]


def why(session: Session) -> list[str]:
    return [each.why for each in claimed(session) if isinstance(each, LeftOut)]


def test_a_declared_gift_is_a_row_of_the_schedule(session: Session) -> None:
    gift(session, 123_456)
    [claim] = claimed(session)
    assert isinstance(claim, Claim)
    assert dict(zip(gift_aid.COLUMNS, claim.row(1), strict=True)) == {
        "Item": "1",
        "Title": "",
        "First name or initial": "Boris",
        "Last name": "Example",
        "House name or number": "12",
        "Postcode": "BS1 4DJ",
        "Aggregated donations": "",
        "Sponsored event": "",
        "Donation date": "22/11/26",
        "Amount": "1234.56",
    }


def test_an_amount_has_two_decimals() -> None:
    name, home = claimants.name("B Example"), claimants.home(HOME)
    assert name
    assert home
    assert [Claim(name, home, TODAY, n).row(1)[-1] for n in (5, 100)] == ["0.05", "1.00"]


def test_the_days_are_included_and_none_beside_them(session: Session) -> None:
    for day in range(4):
        gift(session, 500 + day, at=NOW + timedelta(days=day))
    found = claimed(session, TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    assert [each.amount for each in found if isinstance(each, Claim)] == [501, 502]


def test_a_day_begins_and_ends_by_the_organisation_s_clock(session: Session) -> None:
    zone = datetime(2026, 11, 22, tzinfo=UTC)
    gift(session, 500, at=zone - timedelta(microseconds=1))
    gift(session, 600, at=zone)
    gift(session, 700, at=zone + timedelta(days=1))
    found = claimed(session, TODAY, TODAY)
    assert [each.amount for each in found if isinstance(each, Claim)] == [600]


def test_what_was_given_back_is_not_claimed_for(session: Session) -> None:
    giver.refund(session, gift(session, 5_000), 2_000)
    giver.refund(session, gift(session, 700), 700)
    giver.dispute(session, gift(session, 900), "lost")
    assert amounts(session) == [3_000]
    assert why(session) == []


def test_gifts_of_others_in_other_money_and_beyond_its_reach_are_no_claims(
    session: Session,
) -> None:
    donor(session)
    giver.paid(session, currency="EUR")
    giver.paid(session, currency="GBP", by=giver.donor(session, "amira@example.org"))
    gift(session, at=NOW.replace(year=2022, day=21))
    assert claimed(session) == []


def test_gifts_before_it_ended_are_claimed_for_ever(session: Session) -> None:
    gift(session, 500, at=NOW + timedelta(days=1))
    gift(session, 600, at=NOW + timedelta(days=9))
    declarations.end(session, donor(session), now=NOW + timedelta(days=5))
    assert amounts(session) == [500]


def test_who_is_named_nowhere_is_named_to_the_revenue(session: Session) -> None:
    gift(session, 800).anonymous = True
    assert amounts(session) == [800]


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"name": "Boris"}, "no first and last name is known"),
        ({"home": "12 High Street, Bristol"}, "no house with a UK postcode is known"),
    ],
)
def test_what_cannot_be_placed_is_named_by_its_receipt(
    session: Session, lacking: dict[str, str], sentence: str
) -> None:
    donation = gift(session)
    receipts.issue(session, donation, now=NOW)
    donor(session, **lacking)
    assert claimed(session) == [LeftOut("2026-00001", sentence)]


def test_a_disputed_gift_is_left_out_until_it_is_decided(session: Session) -> None:
    dispute = giver.dispute(session, gift(session, 900), "needs_response")
    assert why(session) == ["the donor's bank disputes it"]
    dispute.status = "won"
    assert amounts(session) == [900]


def test_gifts_of_who_was_erased_are_left_out(session: Session) -> None:
    donation = gift(session)
    boris = session.get_one(Donor, donation.donor_id)
    boris.erased_at, boris.address, boris.name, boris.postal_address = NOW, b"", None, None
    assert claimed(session) == [LeftOut(f"gift {donation.reference}", "the donor was erased")]
