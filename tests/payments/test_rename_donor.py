"""A donor sets their name right: what was declared and given in another name is claimed for in no other."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import limits
from payments import declarations, donors, gift_aid, renaming, typed_names
from payments.gift_aid import Claim
from payments.models.donors import Donor
from payments.models.giving import Donation, Interval
from payments.models.money import Payment
from payments.renaming import BadName
from tests.builders import NOW
from tests.payments import declaring
from tests.payments.declaring import TICKED, declare, known

LATER = NOW + timedelta(days=3)
EVE = {"name": "Eve Elsewhere", "postal_address": "9 Elsewhere\nLeeds\nLS1 1AA"}


def boris(session: Session) -> Donor:
    return session.scalars(select(Donor)).one()


def claims(session: Session) -> list[str]:
    """Return the last name of each claim, and why a gift is left out; each has its payment by then."""
    for gift in session.scalars(select(Donation)):
        known_by = f"pi_{gift.id}"
        if not session.scalar(select(Payment).where(Payment.payment_intent_id == known_by)):
            session.add(_payment(gift, known_by))
    session.flush()
    found = gift_aid.claims(session, date(2020, 1, 1), date(2030, 1, 1))
    return [each.name.last if isinstance(each, Claim) else each.why for each in found]


def _payment(gift: Donation, known_by: str) -> Payment:
    return Payment(
        payment_intent_id=known_by,
        donation_id=gift.id,
        amount=gift.amount,
        currency=gift.currency,
        paid_at=gift.paid_at,
    )


def test_another_name_ends_what_stands_and_claims_nothing_that_was_given(session: Session) -> None:
    declare(session, **EVE)
    assert claims(session) == ["Elsewhere"]
    renaming.rename(session, boris(session), "Boris Example", now=LATER)
    assert declarations.standing(session, boris(session)) is None
    assert donors.postal_address_of(session, boris(session)) == ""
    assert claims(session) == ["it was given in another name than the donor's"]


def test_the_next_gift_declares_in_the_new_name(session: Session) -> None:
    declare(session, **EVE)
    renaming.rename(session, boris(session), "Boris Example", now=LATER)
    gift = declaring.paid(session, "his own", at=LATER + timedelta(days=1), **TICKED)
    gift.created_at = LATER + timedelta(days=1)
    made = declarations.make(session, gift, now=LATER + timedelta(days=1))
    typed_names.compare(session, gift, now=LATER + timedelta(days=1))
    assert made
    assert known(session, gift) == ("Boris Example", declaring.HOME)
    assert claims(session)[1:] == ["Example"]


def test_a_plan_of_before_stays_left_out(session: Session) -> None:
    declare(session, interval=Interval.MONTH, **EVE)
    renaming.rename(session, boris(session), "Boris Example", now=LATER)
    plan = session.scalars(select(Donation)).one().plan
    assert plan
    assert typed_names.is_other(session, declaring.payment(session, plan, LATER))


def test_the_same_name_otherwise_spelled_leaves_everything(session: Session) -> None:
    made = declare(session)
    renaming.rename(session, boris(session), "  BORIS example ", now=LATER)
    assert declarations.standing(session, boris(session)) is made
    assert donors.name_of(session, boris(session)) == "BORIS example"
    assert claims(session) == ["example"]


@pytest.mark.parametrize("name", ["", " \n ", "B\x00", "\u202eB", "B" * 121, "B\ud800"])
def test_what_is_no_name_is_refused(session: Session, name: str) -> None:
    declare(session)
    assert limits.DONOR_NAME_LENGTH < 121
    with pytest.raises(BadName):
        renaming.rename(session, boris(session), name, now=LATER)


def test_other_words_on_the_same_day_go_on_from_where_the_first_began(session: Session) -> None:
    declare(session)
    first = session.scalars(select(Donation)).one()
    hour = timedelta(hours=1)
    later = declaring.paid(
        session, "in another language", at=NOW + hour, **TICKED | {"declaration": "Otro"}
    )
    assert declarations.make(session, later, now=NOW + hour)
    assert first.created_at < later.created_at
    assert claims(session) == ["Example", "Example"]
