"""A donor's download says all that is held of them, in words: no number of ours, nothing of Stripe's."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments import donor_links, donors, funds, mirroring, own_data, plans, statements
from payments.models.donors import Declaration, Donor
from payments.models.giving import Interval, Tribute
from sandbox.stripe import disputes, refunds
from sandbox.stripe.server import Stripe
from tests.builders import NOW
from tests.cast import AMIRA, BORIS
from tests.payments.applying.till import Till, opened
from tests.payments.plans.giver import Giver
from tests.payments.receipts import giver as gifts

SAID = {
    "name": "Boris Example",
    "fund_slug": "archive",
    "tribute": Tribute.MEMORY,
    "tribute_name": "Anna Example",
    "notice_address": AMIRA,
    "message": "For the archive",
}
IDS = re.compile(r"\b(?:pi|ch|cus|sub|cs|re|dp|du|txn|in|evt|pm|seti)_\w+|[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def giver(app: Flask) -> Iterator[Giver]:
    """Give Boris, who says all that can be said, beside a sandbox that nobody has used."""
    with Stripe() as sandbox:
        with transaction() as session:
            funds.add(session, slug="archive", name="The archive")
        yield Giver(sandbox, opened(sandbox.base), said=SAID)


def held(giver: Giver, address: str = BORIS) -> dict[str, Any]:
    """Return the download as JSON has it."""
    with transaction() as session:
        donor = donors.find(session, address)
        assert donor is not None
        told = own_data.of(session, donor, now=giver.now)
    return dict(json.loads(json.dumps(told)))


def test_who_they_are(giver: Giver) -> None:
    giver.given()
    with transaction() as session:
        donor = session.scalars(select(Donor)).one()
        donors.describe(session, donor, name="", postal_address="1 Example Street\nExample Town")
    told = held(giver)
    assert told["written_at"] == giver.now.isoformat()
    assert told["donor"] == {
        "mail_address": BORIS,
        "name": "Boris Example",
        "postal_address": "1 Example Street\nExample Town",
        "language": "en",
        "known_since": giver.plan().created_at.isoformat(),
    }


def test_a_plan_with_all_that_was_said(giver: Giver) -> None:
    plan = giver.given(Interval.YEAR)
    (told,) = held(giver)["plans"]
    assert told["said_with_it"] == {
        "tribute_name": "Anna Example",
        "notice_address": AMIRA,
        "message": "For the archive",
    }
    assert (told["in"], told["fund"], told["every"]) == ("memory", "The archive", "year")
    assert (told["amount"], told["of_it_for_the_costs"]) == ("25.00 EUR", "1.00 EUR")
    assert plan.next_payment_at is not None
    assert told["next_payment_at"] == plan.next_payment_at.isoformat()
    assert {"begun", "linked", "active"} <= {each["what"] for each in told["history"]}


def test_a_plan_that_rests_for_ever_has_no_day(giver: Giver) -> None:
    plan = giver.given()
    with transaction() as session:
        session.get_one(type(plan), plan.id).paused_until = mirroring.FOR_EVER
    (told,) = held(giver)["plans"]
    assert (told["paused"], told["paused_until"]) == (True, None)


def test_a_gift_of_a_plan_with_its_payment_and_receipt(giver: Giver) -> None:
    giver.given()
    told = held(giver)
    (gift,), (receipt,) = told["gifts"], told["receipts"]
    assert (gift["state"], gift["came_by"], gift["given_regularly"]) == ("paid", "online", True)
    nothing = dict.fromkeys(("refunded", "disputed", "lost"), "0.00 EUR")
    assert gift["standing"] == {**nothing, "kept": "25.00 EUR"}
    assert [(each["amount"], each["by"]) for each in gift["payments"]] == [("25.00 EUR", "card")]
    assert (receipt["number"], receipt["amount"]) == (f"{giver.now.year}-00001", "25.00 EUR")
    assert re.fullmatch("[0-9a-f]{64}", receipt["sha256"])


def test_a_statement_has_no_one_sum(giver: Giver) -> None:
    giver.given()
    with transaction() as session:
        donor = session.scalars(select(Donor)).one()
        statements.issue(session, donor, giver.now.year, now=giver.now)
    statement, _ = held(giver)["receipts"]
    assert (statement["kind"], statement["of_year"]) == ("statement", giver.now.year)
    assert (statement["amount"], statement["given_on"]) == (None, None)


def test_what_went_back_and_what_is_disputed(giver: Giver) -> None:
    till = Till(giver.sandbox, giver.gateway)
    _, first = till.given()
    _, second = till.given()
    giver.sandbox.do(refunds.create, {"payment_intent": first, "amount": 1000})
    giver.sandbox.do(disputes.begin, till.charge_of(second))
    giver.hear()
    given_back, disputed = held(giver)["gifts"]
    assert given_back["standing"]["kept"] == "15.00 EUR"
    assert [each["amount"] for each in given_back["payments"][0]["refunds"]] == ["10.00 EUR"]
    assert disputed["standing"]["disputed"] == "25.00 EUR"
    assert disputed["payments"][0]["disputes"][0]["state"] == "needs_response"


def test_that_a_cards_network_thinks_of_fraud(giver: Giver) -> None:
    till = Till(giver.sandbox, giver.gateway)
    _, intent = till.given()
    giver.sandbox.do(disputes.warn, till.charge_of(intent))
    giver.hear()
    (gift,) = held(giver)["gifts"]
    assert len(gift["payments"][0]["fraud_warnings_since"]) == 1


def test_declarations_mails_and_links_asked_for(giver: Giver) -> None:
    giver.given()
    with transaction() as session:
        donor = session.scalars(select(Donor)).one()
        session.add(Declaration(donor_id=donor.id, wording="I want Gift Aid", made_at=NOW))
        donor_links.ask(session, BORIS, language="fr", now=NOW)
    told = held(giver)
    assert [each["wording"] for each in told["declarations"]] == ["I want Gift Aid"]
    assert [(each["kind"], each["state"]) for each in told["mails"]] == [("receipt", "queued")]
    assert told["links_asked_for"] == [{"asked_at": NOW.isoformat(), "language": "fr"}]


def test_no_id_of_ours_or_of_stripes_is_in_it(giver: Giver) -> None:
    giver.given()
    till = Till(giver.sandbox, giver.gateway)
    _, intent = till.given()
    giver.sandbox.do(refunds.create, {"payment_intent": intent})
    giver.hear()
    plans.cancel(giver.gateway, transaction, giver.plan_id, now=giver.now)
    assert IDS.findall(json.dumps(held(giver))) == []


def test_nothing_of_another_donor_is_in_it(giver: Giver) -> None:
    giver.said = {**SAID, "address": AMIRA}
    giver.given()
    with transaction() as session:
        gifts.paid(session)
    told = held(giver)
    assert (len(told["gifts"]), told["plans"], told["mails"]) == (1, [], [])
    assert "Anna" not in json.dumps(told)


@pytest.mark.parametrize(("code", "said"), [("JPY", "2500 JPY"), ("KWD", "2.500 KWD")])
def test_amounts_have_the_decimals_of_their_currency(giver: Giver, code: str, said: str) -> None:
    with transaction() as session:
        gifts.paid(session, 2_500, currency=code)
    assert held(giver)["gifts"][0]["amount"] == said


def test_an_erased_donor_has_no_person_in_it(giver: Giver) -> None:
    with transaction() as session:
        donation = gifts.paid(session)
        donor = gifts.donor(session)
        donor.address, donor.name, donor.erased_at = b"", None, NOW
        session.flush()
        told = own_data.of(session, donor, now=NOW)
        assert donation.donor is donor
    assert (told["donor"]["mail_address"], told["donor"]["name"], told["mails"]) == ("", "", [])
