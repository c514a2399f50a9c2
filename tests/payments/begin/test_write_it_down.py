"""What a visitor wishes to give is a row: sealed, found by hashes of its own, once for each form."""

import threading
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.sealed import keyring
from db.session import transaction
from mailer import addresses
from payments import donors, funds, giving
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, GivingEvent, Interval, Plan, Tribute
from tests.cast import AMIRA, BORIS
from tests.payments.begin.conftest import wish

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def begin(session: Session, **changes: object) -> Donation | Plan:
    return giving.begin(session, wish(**changes), now=NOW)


def test_a_gift_is_as_it_was_wished_for(session: Session) -> None:
    funds.add(session, slug="lawyers", name="Lawyers")
    given = begin(
        session, amount=5176, costs=176, fund_slug="lawyers", anonymous=True, tribute=Tribute.HONOUR
    )
    assert isinstance(given, Donation)
    assert (given.amount, given.costs, given.currency) == (5176, 176, "EUR")
    assert (given.anonymous, given.tribute, given.state) == (
        True,
        Tribute.HONOUR,
        DonationState.CREATED,
    )
    assert given.fund_id == funds.named(session, "lawyers").id


def test_what_was_said_is_sealed_and_comes_back(session: Session) -> None:
    said = giving.Words(tribute_name="Anna", notice_address=AMIRA, message="Keep going")
    given = begin(session, **asdict(said))
    assert giving.words_of(session, given) == said
    assert b"Anna" not in (given.words or b"")
    assert begin(session, nonce="another", name="").words is None


@pytest.mark.parametrize("joins", [True, False])
def test_a_plan_remembers_that_its_donor_joins_the_list(session: Session, joins: bool) -> None:  # noqa: FBT001 - a case
    given = begin(session, interval=Interval.MONTH.value, joins_list=joins)
    assert giving.words_of(session, given).joins_list is joins


def test_the_donor_is_found_by_another_hash_than_the_subscriber(session: Session) -> None:
    given = begin(session)
    assert given.donor
    keys = keyring(session)
    assert given.donor.address_index != addresses.index(keys, BORIS)
    assert donors.address_of(session, given.donor) == BORIS
    assert donors.name_of(session, given.donor) == "Boris Example"
    assert donors.find(session, BORIS.upper()) is given.donor


def test_one_address_is_one_donor_however_often_they_give(session: Session) -> None:
    first, second = begin(session), begin(session, nonce="later", address=BORIS.capitalize())
    assert first.donor_id == second.donor_id


def test_a_stranger_who_types_a_donors_address_does_not_rename_them(session: Session) -> None:
    given = begin(session)
    assert isinstance(given, Donation)
    given.state, given.paid_at = DonationState.PAID, NOW
    again = begin(session, nonce="of a stranger", name="Somebody Else", language="fr")
    assert again.donor
    assert donors.name_of(session, again.donor) == "Boris Example"
    assert again.donor.language == "en"


def test_a_name_may_be_mended_until_a_gift_was_paid(session: Session) -> None:
    begin(session, name="Borsi")
    given = begin(session, nonce="again", name="Boris")
    assert given.donor
    assert donors.name_of(session, given.donor) == "Boris"


def test_clicks_within_the_same_moment_are_one_gift(app: Flask) -> None:
    together = threading.Barrier(4)

    def click() -> None:
        with app.app_context(), transaction() as session:
            together.wait()
            begin(session)

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    with transaction() as session:
        assert len(session.scalars(select(Donation)).all()) == 1
        assert len(session.scalars(select(Donor)).all()) == 1


def test_the_nonce_that_is_kept_says_nothing_of_the_wish(session: Session) -> None:
    given = begin(session)
    assert (given.nonce or "").startswith("a form:")
    assert begin(session) is given
    assert begin(session, message="and good luck") is not given


def test_the_beginning_is_written_down_without_a_name(session: Session) -> None:
    begin(session)
    event = session.scalars(select(GivingEvent)).one()
    assert (event.what, event.detail, event.at) == (giving.BEGUN, "", NOW)


def test_a_gift_for_a_fund_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(funds.UnknownFund):
        begin(session, fund_slug="nowhere")
