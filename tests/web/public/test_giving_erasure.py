"""A donor has what we hold of them erased, and is told before what stays."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from config.settings import Settings
from db.session import transaction
from payments import erasing, receipts
from payments.models.donors import Declaration
from payments.models.giving import PlanState
from payments.models.receipts import ReceiptCopy
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.cast import AMIRA, BORIS
from tests.payments.receipts import giver
from tests.web.public import giving, own_gifts, own_links, visits
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline
from web.public import giving_erasure

SURE = {"sure": "yes"}
DEBIT = "AT611904300234573201"


def test_the_page_says_what_goes_and_what_stays_and_changes_nothing(visit: Visit) -> None:
    own_gifts.given(visit, interval="month")
    before = visits.everything()
    page = visit.client.get(f"{own_gifts.link()}/erase")
    assert page.status_code == 200
    assert Outline(page.text).faults() == []
    assert "1 regular gift ends" in page.text
    assert "These are our books" in page.text
    assert "until the end of" not in page.text
    assert len(Outline(page.text).all("button")) == 1
    assert visits.everything() == before


@pytest.mark.parametrize("interval", ["", "month"])
def test_a_customer_at_stripe_is_named_where_there_is_one(visit: Visit, interval: str) -> None:
    own_gifts.given(visit, interval=interval)
    page = visit.client.get(f"{own_gifts.link()}/erase").text
    assert ("The customer that Stripe keeps" in page) is bool(interval)


def test_where_the_law_keeps_copies_the_page_says_until_when(settings: Settings) -> None:
    with Stripe(port=0) as stripe, giving.site(settings, stripe, receipt_keep_years=6) as visit:
        with transaction() as session:
            receipts.issue(session, giver.paid(session), now=datetime.now(UTC))
        page = visit.client.get(f"{own_gifts.link()}/erase").text
    assert f"until the end of {datetime.now(UTC).year + 6}" in page


def test_a_declaration_is_said_to_end(visit: Visit) -> None:
    own_gifts.given(visit)
    with transaction() as session:
        session.add(
            Declaration(donor_id=own_gifts.donor().id, wording="x", made_at=datetime.now(UTC))
        )
    assert "Your declaration about your taxes" in visit.client.get(f"{own_gifts.link()}/erase").text


@pytest.mark.parametrize("sure", ["", "no", "YES", "yes " * 100])
def test_without_the_tick_nothing_is_erased(visit: Visit, sure: str) -> None:
    own_gifts.given(visit)
    before = visits.everything()
    answer = visit.client.post(f"{own_gifts.link()}/erase", data={"sure": sure})
    assert (answer.status_code, "tick the box" in answer.text) == (422, True)
    assert Outline(answer.text).faults() == []
    assert visits.everything() == before


def test_one_post_ends_the_plans_and_erases_and_every_link_is_over(visit: Visit) -> None:
    own_gifts.given(visit, interval="month", name="Boris Example", message="Keep going")
    path = own_gifts.link()
    answer = visit.client.post(f"{path}/erase", data=SURE)
    assert (answer.status_code, "You are erased" in answer.text) == (200, True)
    assert Outline(answer.text).faults() == []
    assert own_gifts.plan().state is PlanState.ENDED
    assert own_gifts.at_stripe(visit)["status"] == "canceled"
    assert visits.count(ReceiptCopy) == 0
    assert BORIS not in repr(visits.everything())
    again = [visit.client.get(path), visit.client.post(f"{path}/erase", data=SURE)]
    assert [each.status_code for each in again] == [410, 410]
    assert own_links.kinds()[-1] == "donor-erased"


def test_another_donor_is_not_touched(visit: Visit) -> None:
    own_gifts.given(visit)
    own_gifts.given(visit, address=AMIRA)
    visit.client.post(f"{own_gifts.link()}/erase", data=SURE)
    assert visit.client.get(own_gifts.link(AMIRA)).status_code == 200


def test_while_a_debit_is_on_its_way_nothing_is_erased(visit: Visit) -> None:
    own_gifts.given(visit, DEBIT)
    answer = visit.client.post(f"{own_gifts.link()}/erase", data=SURE)
    assert (answer.status_code, "not settled" in answer.text) == (409, True)
    assert Outline(answer.text).faults() == []
    assert own_gifts.donor().erased_at is None


def test_without_a_way_to_stripe_who_has_nothing_there_is_erased(client: FlaskClient) -> None:
    with transaction() as session:
        giver.paid(session)
    assert client.post(f"{own_gifts.link()}/erase", data=SURE).status_code == 200
    assert own_links.kinds() == ["donor-erased"]


def test_without_a_way_to_stripe_nobody_says_that_stripe_refused(
    visit: Visit, client: FlaskClient
) -> None:
    own_gifts.given(visit, interval="month")
    answer = client.post(f"{own_gifts.link()}/erase", data=SURE)
    assert (answer.status_code, "no way to Stripe" in answer.text) == (503, True)
    assert Outline(answer.text).faults() == []
    assert own_gifts.donor().erased_at is None


def test_who_gives_in_the_same_moment_is_asked_to_press_once_more() -> None:
    sentence, _ = next(
        said
        for kind, said in giving_erasure.FAULTS.items()
        if isinstance(erasing.JustBegun(), kind)
    )
    assert "press the button once more" in sentence


def test_where_stripe_does_not_answer_it_is_done_by_a_second_press(visit: Visit) -> None:
    own_gifts.given(visit, interval="month")
    path = f"{own_gifts.link()}/erase"
    visit.stripe.api.troubles.order(Trouble("reset_before", method="DELETE", count=3))
    answer = visit.client.post(path, data=SURE)
    assert (answer.status_code, "press the button again" in answer.text) == (503, True)
    assert Outline(answer.text).faults() == []
    assert visit.client.post(path, data=SURE).status_code == 200
