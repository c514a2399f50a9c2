"""Who asks for a donor's link is mailed it where they gave, and learns nothing where they did not."""

import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from config import limits
from db.session import transaction
from mailer.models.deliveries import OutboxMail
from mailer.outbox import Letter
from payments import donor_links
from payments.models.asking import DonorLinkRequest
from payments.models.donors import Donor
from payments.models.giving import DonationState, Interval, Plan, PlanState
from tests.builders import NOW
from tests.cast import AMIRA, BORIS
from tests.payments.receipts import giver


def ask(address: str = BORIS, language: str = "en") -> None:
    with transaction() as session:
        donor_links.ask(session, address, language=language, now=NOW)


def answer(now: datetime = NOW) -> int:
    with transaction() as session:
        return donor_links.answer(session, link=lambda donor: f"/giving/{donor.id}", now=now)


def letters() -> list[Letter]:
    with transaction() as session:
        return giver.letters(session)


def given(state: DonationState = DonationState.PAID) -> None:
    """Have Boris give, and bring his gift to a state."""
    with transaction() as session:
        donation = giver.paid(session, language="fr")
        donation.state = state
        donation.paid_at = NOW if state is DonationState.PAID else None


def test_who_gave_is_mailed_the_link_in_their_own_language(app: Flask) -> None:
    given()
    ask(language="ru")
    assert answer() == 1
    (letter,) = letters()
    assert (letter.template, letter.address, letter.language) == ("donor-link", BORIS, "fr")
    assert letter.context == {"giving_url": "/giving/1", "minutes": 60}
    assert letter.expires_at == NOW + timedelta(hours=1)


def test_what_was_asked_is_forgotten_whoever_it_was(app: Flask) -> None:
    given()
    for address in (BORIS, AMIRA):
        ask(address)
    assert (answer(), answer()) == (2, 0)
    assert [letter.address for letter in letters()] == [BORIS]
    with transaction() as session:
        assert session.scalars(select(DonorLinkRequest)).all() == []


def test_another_spelling_in_case_finds_the_donor_and_mails_the_address_we_know(
    app: Flask,
) -> None:
    given()
    ask(BORIS.upper())
    answer()
    assert [letter.address for letter in letters()] == [BORIS]


def test_the_row_is_sealed(app: Flask) -> None:
    ask()
    with transaction() as session:
        row = session.execute(text("SELECT r::text FROM donor_link_request AS r")).scalar_one()
    assert BORIS not in row
    assert BORIS.encode().hex() not in row


@pytest.mark.parametrize("state", [each for each in DonationState if each != "paid"])
def test_whose_address_was_only_typed_is_mailed_nothing(app: Flask, state: DonationState) -> None:
    given(state)
    ask()
    answer()
    assert letters() == []


@pytest.mark.parametrize("state", PlanState)
def test_a_plan_that_runs_is_enough(app: Flask, state: PlanState) -> None:
    with transaction() as session:
        promised = {"donor": giver.donor(session), "interval": Interval.MONTH, "state": state}
        session.add(Plan(amount=1_000, costs=0, currency="EUR", language="en", **promised))
    ask()
    answer()
    assert len(letters()) == (state not in {PlanState.PENDING, PlanState.ENDED})


def test_a_gift_of_somebody_elses_is_not_enough(app: Flask) -> None:
    with transaction() as session:
        giver.paid(session, by=giver.donor(session, AMIRA))
        giver.donor(session)
    ask()
    answer()
    assert letters() == []


def test_at_most_three_an_hour_are_mailed(app: Flask) -> None:
    given()
    for _ in range(limits.GIVING_LINKS_AN_HOUR + 2):
        ask()
    assert answer() == limits.GIVING_LINKS_AN_HOUR + 2
    assert len(letters()) == limits.GIVING_LINKS_AN_HOUR
    ask()
    answer(NOW + timedelta(hours=1, seconds=1))
    assert len(letters()) == limits.GIVING_LINKS_AN_HOUR + 1


def test_another_donor_has_a_share_of_their_own(app: Flask) -> None:
    given()
    with transaction() as session:
        giver.paid(session, by=giver.donor(session, AMIRA))
    for address in (BORIS, BORIS, BORIS, BORIS, AMIRA):
        ask(address)
    answer()
    assert [each.address for each in letters()] == [BORIS, BORIS, BORIS, AMIRA]


def test_the_link_is_made_for_the_version_that_holds(app: Flask) -> None:
    given()
    ask()
    with transaction() as session:
        session.scalars(select(Donor)).one().token_version = 7
    with transaction() as session:
        donor_links.answer(session, link=lambda donor: str(donor.token_version), now=NOW)
    assert letters()[0].context["giving_url"] == "7"


def test_two_workers_at_once_answer_each_request_once(app: Flask) -> None:
    given()
    for _ in range(3):
        ask()
    answered: list[int] = []

    def work() -> None:
        with app.app_context():
            answered.append(answer())

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(answered) == len(letters()) == 3


def test_what_was_not_committed_is_asked_for_still(app: Flask) -> None:
    given()
    ask()

    def die(donor: Donor) -> str:
        raise OSError(donor.id)

    with pytest.raises(OSError, match="1"), transaction() as session:
        donor_links.answer(session, link=die, now=NOW)
    assert letters() == []
    assert answer() == len(letters()) == 1


def test_no_row_of_the_outbox_says_who_asked_in_the_clear(app: Flask) -> None:
    given()
    ask()
    answer()
    with transaction() as session:
        mail = session.scalars(select(OutboxMail)).one()
        assert BORIS.encode() not in mail.address + mail.context
