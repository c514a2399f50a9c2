"""A donor comes back from Stripe's page, or somebody types an id."""

import pytest

from sandbox.stripe import paying
from sandbox.stripe.troubles import Trouble
from tests.web.public import giving, visits
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline

CARD, DEBIT, BAD_DEBIT = "4242424242424242", "AT611904300234573201", "AT861904300235473202"
ARRIVED, ON_ITS_WAY, NOT_COMPLETED = "has arrived", "is on its way", "was not completed"


def thanks(visit: Visit, session_id: str) -> str:
    """Return the page, which changes nothing of ours and asks Stripe to change nothing."""
    before, asked = visits.everything(), len(visit.stripe.api.heard)
    answer = visit.client.get(f"/donate/thanks?session_id={session_id}")
    assert answer.status_code == 200
    assert Outline(answer.text).faults() == []
    assert visits.everything() == before
    assert {each.method for each, _ in list(visit.stripe.api.heard)[asked:]} <= {"GET"}
    return answer.text


@pytest.mark.parametrize("interval", ["", "month"])
def test_a_paid_gift_has_arrived_before_and_after_its_event(visit: Visit, interval: str) -> None:
    visit.give(interval=interval)
    session_id = giving.pay(visit, CARD)
    assert ARRIVED in thanks(visit, session_id)
    giving.hear(visit, session_id)
    assert ARRIVED in thanks(visit, session_id)


def test_a_debit_is_on_its_way_before_and_after_its_event(visit: Visit) -> None:
    visit.give()
    session_id = giving.pay(visit, DEBIT)
    assert ON_ITS_WAY in thanks(visit, session_id)
    giving.hear(visit, session_id)
    assert ON_ITS_WAY in thanks(visit, session_id)


def test_a_debit_that_failed_was_not_completed(visit: Visit) -> None:
    visit.give()
    session_id = giving.pay(visit, BAD_DEBIT)
    giving.hear(visit, session_id)
    visit.stripe.advance(14 * 24 * 3600)
    giving.hear(visit, session_id)
    assert NOT_COMPLETED in thanks(visit, session_id)


def test_a_page_that_was_left_was_not_completed(visit: Visit) -> None:
    visit.give()
    [session_id] = giving.session_ids()
    assert NOT_COMPLETED in thanks(visit, session_id)
    visit.stripe.do(paying.pay, session_id, number="4000000000000002")
    assert NOT_COMPLETED in thanks(visit, session_id)
    visit.stripe.advance(24 * 3600)
    assert NOT_COMPLETED in thanks(visit, session_id)


@pytest.mark.parametrize("kind", ["reset_before", "html"])
def test_where_stripe_cannot_be_asked_nothing_is_denied(visit: Visit, kind: str) -> None:
    visit.give()
    session_id = giving.pay(visit)
    visit.stripe.api.troubles.order(Trouble.parse({"kind": kind, "method": "GET", "count": 9}))
    assert ON_ITS_WAY in thanks(visit, session_id)


@pytest.mark.parametrize(
    "session_id",
    ["", "cs_test_unknown", "x" * 300, "cs%00", "%F0%9F%92%A9", "{CHECKOUT_SESSION_ID}"],
)
def test_an_id_of_nobodys_shows_a_page_that_says_nothing(visit: Visit, session_id: str) -> None:
    visit.give()
    asked = len(visit.stripe.api.heard)
    answer = visit.client.get(f"/donate/thanks?session_id={session_id}")
    assert answer.status_code in {200, 400}
    assert not any(word in answer.text for word in (ARRIVED, ON_ITS_WAY, NOT_COMPLETED))
    assert len(visit.stripe.api.heard) == asked


def test_the_page_names_neither_donor_nor_amount(visit: Visit) -> None:
    visit.give(name="Boris Nobody")
    page = thanks(visit, giving.pay(visit))
    assert not any(word in page for word in ("Boris", "boris", "50"))
