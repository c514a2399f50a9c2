"""`flask donations data`, `… erase`, `… erase-giver`: whom they are about, the audit log does not keep."""

import dataclasses
import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from db.session import transaction
from payments.models.donors import Donor
from payments.models.giving import Donation, DonationState, Interval, Plan, PlanState
from sandbox.stripe.server import Stripe
from staff.models import AuditEntry
from tests.cast import AMIRA, BORIS, Staff
from tests.payments import offline_givers
from tests.payments.applying.till import opened
from tests.payments.plans.giver import Giver
from tests.payments.receipts import giver as gifts
from tests.web.cli import commands
from tests.web.staff import members
from wiring.core import CORE

NOBODY = "Error: Nobody gave with this address, or they were erased."


@pytest.fixture
def giver(app: Flask) -> Iterator[Giver]:
    """Give Boris's plan at a sandbox's Stripe that the commands ask, too."""
    before = app.extensions[CORE]
    with Stripe() as sandbox:
        stripe = opened(sandbox.base)
        app.extensions[CORE] = dataclasses.replace(before, stripe=stripe)
        boris = Giver(sandbox, stripe)
        boris.given()
        yield boris
    app.extensions[CORE] = before


def erased() -> bool:
    with transaction() as session:
        return session.scalars(select(Donor.erased_at)).one() is not None


def chain() -> str:
    """Return what the audit log says of subjects and details."""
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.position))
        return "\n".join(f"{each.subject} {each.detail}" for each in entries)


def test_all_that_is_held_is_printed_and_the_look_is_noted(app: Flask, giver: Giver) -> None:
    told = commands.value(app, "donations", "data", BORIS)
    assert told["donor"]["mail_address"] == BORIS
    assert [each["amount"] for each in told["gifts"]] == ["25.00 EUR"]
    assert members.acts() == ["donor.show"]
    assert chain().strip() == "donor 1"


def test_people_read_it_line_by_line_and_the_address_may_come_from_elsewhere(
    app: Flask, giver: Giver
) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=["donations", "data", "-"], input=f"{BORIS}\n")
    assert said.exit_code == 0
    assert said.stdout.startswith('{\n  "written_at"')
    assert json.loads(said.stdout)["plans"][0]["every"] == "month"


def test_a_donor_is_erased_with_their_plan_and_no_address_is_noted(
    app: Flask, giver: Giver
) -> None:
    done = commands.run(app, "donations", "erase", BORIS, "--yes")
    assert done.exit_code == 0, done.output
    assert "Donor 1 is erased; plans ended: 1, copies of receipts deleted: 1" in done.stdout
    assert erased()
    assert giver.plan().state is PlanState.ENDED
    assert members.acts() == ["donor.erase"]
    assert "@" not in chain()


@pytest.mark.parametrize(("answer", "is_done"), [("y\n", True), ("n\n", False), ("", False)])
def test_it_asks_first(app: Flask, giver: Giver, answer: str, *, is_done: bool) -> None:
    words = ["donations", "erase", BORIS]
    done = app.test_cli_runner().invoke(args=words, input=answer)
    assert "Erase donor 1? This cannot be taken back." in done.stderr
    assert (done.exit_code == 0) is is_done
    assert erased() is is_done
    assert members.acts() == (["donor.erase"] if is_done else [])


def test_who_was_erased_is_nobody(app: Flask, giver: Giver) -> None:
    commands.run(app, "donations", "erase", BORIS, "--yes")
    for words in (["data", BORIS], ["erase", BORIS, "--yes"]):
        assert commands.refused(app, "donations", *words) == NOBODY


@pytest.mark.parametrize("address", [AMIRA, "no address", "", "x" * 5_000, "a\0b@example.org"])
@pytest.mark.parametrize("command", ["data", "erase"])
def test_any_other_address_is_refused_in_one_sentence(
    app: Flask, command: str, address: str
) -> None:
    assert commands.refused(app, "donations", command, address).startswith("Error: ")


def test_what_must_wait_is_said(app: Flask, giver: Giver) -> None:
    with transaction() as session:
        gift = session.scalars(select(Donation)).one()
        gift.state, gift.paid_at = DonationState.PROCESSING, None
    said = commands.refused(app, "donations", "erase", BORIS, "--yes")
    assert "on its way through the banks" in said
    assert not erased()


def test_where_stripe_is_away_nothing_is_erased(app: Flask, giver: Giver) -> None:
    giver.sandbox.stop()
    said = commands.refused(app, "donations", "erase", BORIS, "--yes")
    assert "ask again" in said
    assert not erased()


def test_without_stripe_nobody_could_end_the_plans(app: Flask) -> None:
    with transaction() as session:
        donor = gifts.paid(session).donor
        session.add(
            Plan(
                donor=donor,
                interval=Interval.MONTH,
                state=PlanState.ACTIVE,
                subscription_id="sub_1",
                customer_id="cus_1",
                amount=500,
                currency="EUR",
                language="en",
            )
        )
    said = commands.refused(app, "donations", "erase", BORIS, "--yes")
    assert said == "Error: Set STRIPE_API_KEY first: something of this donor's is ended at Stripe."
    assert not erased()


def test_without_stripe_who_has_nothing_there_is_erased(app: Flask) -> None:
    with transaction() as session:
        gifts.paid(session)
    commands.run(app, "donations", "erase", BORIS, "--yes")
    assert erased()


@pytest.fixture
def cheque(app: Flask, staff: Callable[..., Staff]) -> str:
    """Give the reference of a cheque whose giver has no mail address, which Dana of finance entered."""
    dana = staff("dana", "finance")
    with transaction() as session:
        gift = offline_givers.enter(session, dana, offline_givers.WITHOUT_MAIL)
        return str(gift.reference)


def words() -> bytes | None:
    with transaction() as session:
        return session.scalars(select(Donation.words)).one()


BY = ("--by", "dana@example.org")


def test_a_giver_without_a_mail_address_is_erased_in_somebodys_name(
    app: Flask, cheque: str
) -> None:
    done = commands.run(app, "donations", "erase-giver", cheque, *BY, "--yes")
    assert done.exit_code == 0, done.output
    assert f"The giver of {cheque} is erased; copies of receipts deleted: 1, kept by law: 0" in (
        done.stdout
    )
    assert words() is None
    assert members.acts() == ["donation.erase-giver"]
    assert chain() == "donation 1 by command"


@pytest.mark.parametrize(("answer", "is_done"), [("y\n", True), ("n\n", False), ("", False)])
def test_before_a_giver_is_erased_it_asks(
    app: Flask, cheque: str, answer: str, *, is_done: bool
) -> None:
    asked = ["donations", "erase-giver", cheque, *BY]
    done = app.test_cli_runner().invoke(args=asked, input=answer)
    assert f"Erase the giver of {cheque}? This cannot be taken back." in done.stderr
    assert (done.exit_code == 0, words() is None) == (is_done, is_done)


@pytest.mark.parametrize("reference", ["", "x", "0" * 32, "9" * 5_000, "a\0b"])
def test_what_names_no_cheque_is_refused(app: Flask, cheque: str, reference: str) -> None:
    said = commands.refused(app, "donations", "erase-giver", reference, *BY, "--yes")
    assert "no offline gift" in said
    assert words()


def test_who_does_not_look_after_the_money_erases_nobody(
    app: Flask, cheque: str, staff: Callable[..., Staff]
) -> None:
    staff("chen", "author")
    asked = ("erase-giver", cheque, "--by", "chen@example.org", "--yes")
    assert "finance or admin" in commands.refused(app, "donations", *asked)
    assert (bool(words()), members.acts()) == (True, [])


def test_a_giver_with_a_mail_address_is_erased_by_it(
    app: Flask, staff: Callable[..., Staff]
) -> None:
    with transaction() as session:
        gift = offline_givers.enter(session, staff("dana", "finance"))
    asked = ("erase-giver", str(gift.reference), *BY, "--yes")
    assert "mail address: erase them by it" in commands.refused(app, "donations", *asked)
    assert (erased(), members.acts()) == (False, [])
