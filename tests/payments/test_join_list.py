"""A donor who ticked the box asks for the list once the gift is paid, and once only."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from db.session import transaction
from payments import giving, joining
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, GivingEvent
from tests.cast import BORIS
from tests.payments.applying.till import NOW, wish

Asked = list[tuple[str, str]]


def given(state: DonationState = DonationState.PAID, *, joins_list: bool = True) -> int:
    """Have a gift of Boris's in this state; return its number."""
    with transaction() as session:
        donation = giving.begin(session, wish(joins_list=joins_list), now=NOW)
        assert isinstance(donation, Donation)
        donation.state = state
        donation.paid_at = NOW if state is DonationState.PAID else None
        return donation.id


def pass_on() -> Asked:
    """Pass wishes on; return who asked, in which language."""
    asked: Asked = []
    with transaction() as session:
        joining.pass_on(session, lambda _, address, language: asked.append((address, language)))
    return asked


def test_who_ticked_the_box_asks_once(app: Flask) -> None:
    given()
    assert (pass_on(), pass_on()) == ([(BORIS, "en")], [])


@pytest.mark.parametrize("state", [each for each in DonationState if each != "paid"])
def test_nobody_asks_before_the_gift_is_paid(app: Flask, state: DonationState) -> None:
    given(state)
    assert pass_on() == []


def test_who_did_not_tick_the_box_does_not_ask(app: Flask) -> None:
    given(joins_list=False)
    assert pass_on() == []


def test_an_erased_donor_asks_for_nothing(app: Flask) -> None:
    id_ = given()
    with transaction() as session:
        donor = session.query(Donor).one()
        donor.address, donor.erased_at, donor.name = b"", NOW, None
    assert pass_on() == []
    with transaction() as session:
        assert session.get_one(Donation, id_).joins_list is False


def test_a_wish_that_could_not_be_passed_on_is_kept(app: Flask) -> None:
    given()

    def fail(_: Session, address: str, language: str) -> None:
        raise OSError(address, language)

    with pytest.raises(OSError, match=BORIS), transaction() as session:
        joining.pass_on(session, fail)
    assert pass_on() == [(BORIS, "en")]


def test_the_books_do_not_say_who_asked(app: Flask) -> None:
    given()
    pass_on()
    with transaction() as session:
        assert [each.what for each in session.query(GivingEvent)] == [giving.BEGUN]
