"""A donor changes what they give regularly, each act over the wire to Stripe and back."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from db.session import transaction
from payments.gateway import TemporaryFailure
from payments.models.donors import Donor
from payments.models.giving import Plan, PlanState
from sandbox.stripe.troubles import Trouble
from tests.cast import AMIRA
from tests.web.public import own_gifts, own_links, test_choose_language, visits
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline
from web.public import giving, giving_plans

ACTS: dict[str, dict[str, str]] = {
    "end": {},
    "amount": {"amount": "20"},
    "pause": {"months": "3"},
    "resume": {},
    "card": {},
}


@pytest.fixture
def giver(visit: Visit) -> Visit:
    """Give Boris's browser, who gives 50 EUR each month."""
    own_gifts.given(visit, interval="month")
    return visit


def test_the_page_says_what_is_given_and_when_next(giver: Visit) -> None:
    page = giver.client.get(own_gifts.link())
    said = own_gifts.read(page.text)
    assert page.status_code == 200
    assert Outline(page.text).faults() == []
    assert "€50.00 every month" in said
    assert re.search(r"The next payment is on \d+ \w+ \d{4}\.", said)


def test_one_post_ends_it_at_stripe_and_here_and_a_mail_says_so(giver: Visit) -> None:
    answer = own_gifts.act(giver, "end")
    assert answer.status_code == 303
    assert own_gifts.at_stripe(giver)["status"] == "canceled"
    assert own_gifts.plan().state is PlanState.ENDED
    assert own_links.kinds()[-1] == "plan-ended"
    page = giver.client.get(answer.location).text
    assert "nothing more will be collected" in page
    assert "/end" not in page


def test_another_amount_is_asked_from_the_next_payment_on(giver: Visit) -> None:
    answer = own_gifts.act(giver, "amount", amount="20,50 €")
    assert answer.status_code == 303
    assert own_gifts.at_stripe(giver)["items"]["data"][0]["price"]["unit_amount"] == 2_050
    assert "€20.50 every month" in own_gifts.read(giver.client.get(answer.location).text)
    assert own_links.kinds()[-1] == "plan-changed"


def test_an_amount_is_read_as_the_pages_language_writes_it(giver: Visit) -> None:
    path = f"{own_gifts.link()}/plans/{own_gifts.plan().reference}/amount?lang=ar"
    assert giver.client.post(path, data={"amount": "٢٠٫٥٠"}).status_code == 303
    assert own_gifts.plan().amount == 2_050


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "cannot read this"),
        ("a lot", "cannot read this"),
        ("-20", "cannot read this"),
        ("9" * 300, "cannot read this"),
        ("1e9", "cannot read this"),
        ("<script>", "cannot read this"),
        ("20.0011", "cannot read this"),
        ("4.99", "smallest gift"),
        ("100000.01", "largest gift"),
    ],
)
def test_an_amount_that_cannot_be_is_said_beside_the_field(
    giver: Visit, typed: str, said: str
) -> None:
    answer = own_gifts.act(giver, "amount", amount=typed)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert Outline(answer.text).faults() == []
    assert "<script" not in answer.text
    assert own_gifts.plan().amount == 5_000


@pytest.mark.parametrize("typed", ["70.120", "70,120"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_of_three_decimals_none_is_taken_for_a_thousand(
    giver: Visit, typed: str, language: str
) -> None:
    with transaction() as session:
        session.execute(update(Plan).values(currency="KWD"))
    path = f"{own_gifts.link()}/plans/{own_gifts.plan().reference}/amount?lang={language}"
    assert giver.client.post(path, data={"amount": typed}).status_code == 422
    assert own_gifts.plan().amount == 5_000


def test_a_pause_is_kept_at_stripe_and_ended_by_the_same_page(giver: Visit) -> None:
    answer = own_gifts.act(giver, "pause", months="3")
    assert answer.status_code == 303
    assert own_gifts.at_stripe(giver)["pause_collection"]["behavior"] == "void"
    assert "nothing is collected before" in giver.client.get(answer.location).text
    resumed = own_gifts.act(giver, "resume")
    assert own_gifts.at_stripe(giver)["pause_collection"] is None
    assert "It goes on. A mail tells you so" in giver.client.get(resumed.location).text


def test_a_double_click_on_pause_is_one_pause_and_one_mail(giver: Visit) -> None:
    own_gifts.act(giver, "pause", months="1")
    own_gifts.act(giver, "pause", months="1")
    assert own_links.kinds().count("plan-changed") == 1


@pytest.mark.parametrize("months", ["", "0", "-1", "4", "13", "999999999999", "1.0", "x"])
def test_only_the_pauses_on_offer_can_be_had(giver: Visit, months: str) -> None:
    assert own_gifts.act(giver, "pause", months=months).status_code == 400
    assert own_gifts.plan().paused_until is None


@pytest.mark.parametrize(
    ("today", "months", "until"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-01-31", 1, "2026-02-28"),
    ],
)
def test_a_pause_ends_on_the_same_day_of_a_month(today: str, months: int, until: str) -> None:
    now = datetime.fromisoformat(f"{today}T15:00:00+00:00")
    then = giving_plans.after(months, now)
    assert then == datetime.fromisoformat(f"{until}T00:00:00+00:00")
    assert timedelta(0) < then - now < timedelta(days=366)


def test_the_card_is_changed_on_stripes_page_which_is_told_no_link(giver: Visit) -> None:
    path = own_gifts.link()
    answer = own_gifts.act(giver, "card")
    assert answer.status_code == 303
    assert answer.location.startswith(giver.stripe.base)
    asked = b"\n".join(request.body for request, _ in giver.stripe.api.heard).decode()
    assert "done%3Dcard" in asked
    assert path.removeprefix("/giving/") not in asked
    assert "You are back" in giver.client.get("/giving?done=card").text


def test_the_page_may_lead_to_stripe_and_nowhere_else(giver: Visit) -> None:
    policy = giver.client.get(own_gifts.link()).headers["Content-Security-Policy"]
    assert f"form-action 'self' {giver.stripe.base};" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("act", ACTS)
def test_where_stripe_does_not_answer_nothing_is_lost_and_a_second_press_does_it(
    giver: Visit, act: str
) -> None:
    if act == "resume":
        own_gifts.act(giver, "pause", months="1")
    method = "DELETE" if act == "end" else "POST"
    giver.stripe.api.troubles.order(Trouble("reset_before", method=method, count=3))
    answer = own_gifts.act(giver, act, **ACTS[act])
    assert answer.status_code == 503
    assert "press the button again" in answer.text
    assert Outline(answer.text).faults() == []
    assert own_gifts.act(giver, act, **ACTS[act]).status_code == 303


@pytest.mark.parametrize("ended", [False, True])
def test_a_link_that_ends_while_stripe_is_asked_is_told_so(giver: Visit, *, ended: bool) -> None:
    path = own_gifts.link(minutes_ago=0 if ended else 61)
    if ended:
        with transaction() as session:
            session.execute(update(Donor).values(token_version=2))
    with giver.app.test_request_context(f"{path}/plans/x/end", method="POST"):
        assert giving.show_away(TemporaryFailure()).status_code == 410


def test_what_stripe_refuses_is_said_to_be_ours_to_mend(giver: Visit) -> None:
    with transaction() as session:
        session.execute(update(Plan).values(subscription_id="sub_unknown"))
    answer = own_gifts.act(giver, "amount", amount="20")
    assert (answer.status_code, "for us to mend" in answer.text) == (503, True)
    assert Outline(answer.text).faults() == []
    assert own_gifts.plan().amount == 5_000


@pytest.mark.parametrize("act", ACTS)
def test_of_a_plan_that_has_ended_nothing_can_be_changed(giver: Visit, act: str) -> None:
    own_gifts.act(giver, "end")
    before = visits.everything()
    answer = own_gifts.act(giver, act, **ACTS[act])
    assert answer.status_code == (303 if act == "end" else 409)
    assert visits.everything() == before


@pytest.mark.parametrize("act", ACTS)
def test_another_donors_plan_is_not_there(giver: Visit, act: str) -> None:
    own_gifts.given(giver, address=AMIRA)
    before = visits.everything()
    path = f"{own_gifts.link(AMIRA)}/plans/{own_gifts.plan().reference}/{act}"
    assert giver.client.post(path, data=ACTS[act]).status_code == 404
    assert visits.everything() == before


@pytest.mark.parametrize(
    "reference",
    [
        "1",
        "8d7f5b1e-0c3a-4f6e-9a51-2b64c07d9e10",
        "x" * 500,
        "%00",
        "%ff",
        "..%2f..",
        "%F0%9F%92%A9",
    ],
)
def test_a_reference_of_nothing_is_not_there(giver: Visit, reference: str) -> None:
    answer = giver.client.post(f"{own_gifts.link()}/plans/{reference}/end")
    assert answer.status_code in {400, 404}
    assert own_gifts.plan().state is PlanState.ACTIVE


@pytest.mark.parametrize("act", ACTS)
def test_an_expired_or_damaged_link_changes_nothing(giver: Visit, act: str) -> None:
    before, reference = visits.everything(), own_gifts.plan().reference
    late = f"{own_gifts.link(minutes_ago=61)}/plans/{reference}/{act}"
    assert giver.client.post(late, data=ACTS[act]).status_code == 410
    damaged = f"{own_gifts.link()}x/plans/{reference}/{act}"
    assert giver.client.post(damaged, data=ACTS[act]).status_code == 404
    assert visits.everything() == before


@pytest.mark.parametrize("paused", [False, True])
def test_no_english_is_left_on_the_arabic_page(giver: Visit, *, paused: bool) -> None:
    if paused:
        own_gifts.act(giver, "pause", months="2")
    for path in (own_gifts.link(), f"{own_gifts.link()}/erase"):
        said = test_choose_language.words(giver.client.get(f"{path}?lang=ar").text)
        assert [piece for piece in test_choose_language.ENGLISH if piece in said] == []


def test_opening_the_page_changes_nothing(giver: Visit) -> None:
    before, asked = visits.everything(), len(giver.stripe.api.heard)
    assert giver.client.get(own_gifts.link()).status_code == 200
    assert giver.client.get(f"{own_gifts.link()}/erase").status_code == 200
    assert visits.everything() == before
    assert len(giver.stripe.api.heard) == asked
