"""A visitor gives."""

import re
import threading

import pytest
from flask.testing import FlaskClient

from db.session import transaction
from payments import donors, funds
from payments.models.giving import Donation, DonationState, Interval, Plan, Tribute
from sandbox.stripe.troubles import Trouble
from tests.cast import AMIRA, BORIS
from tests.web.public import giving
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline


def test_the_form_needs_no_script_no_cookie_and_no_other_host(visit: Visit) -> None:
    answer = visit.client.get("/donate")
    page = Outline(answer.text)
    assert page.faults() == []
    assert not answer.headers.getlist("Set-Cookie")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not visit.stripe.api.heard


def test_the_form_leads_to_us_and_to_stripe_alone(visit: Visit) -> None:
    csp = visit.client.get("/donate").headers["Content-Security-Policy"]
    assert f"form-action 'self' {visit.stripe.base};" in csp
    assert "default-src 'none'" in csp
    assert "script-src" not in csp


@pytest.mark.parametrize(
    ("code", "shown"), [("EUR", "€250"), ("USD", "US$250"), ("GBP", "£250"), ("CHF", "CHF\xa0250")]
)
def test_each_currency_has_its_own_suggestions(visit: Visit, code: str, shown: str) -> None:
    page = visit.client.get(f"/donate?currency={code}").text
    assert f">{shown}</label>" in page
    assert f'name="currency" value="{code}"' in page


def test_a_link_chooses_currency_interval_and_fund(visit: Visit) -> None:
    with transaction() as session:
        funds.add(session, slug="lawyers", name="Lawyers & courts")
    page = visit.client.get("/donate?currency=GBP&interval=month&fund=lawyers").text
    checked = re.findall(r'name="(\w+)" type="radio" value="(\w+)" checked', page)
    assert checked == [("interval", "month"), ("fund", "lawyers")]
    assert "Lawyers &amp; courts" in page


def test_nothing_is_ticked_that_a_donor_did_not_tick(visit: Visit) -> None:
    boxes = Outline(visit.client.get("/donate").text).all("input")
    assert not [box for box in boxes if box.get("type") == "checkbox" and "checked" in box]


def test_a_gift_is_written_down_and_its_donor_led_to_stripe(visit: Visit) -> None:
    answer = visit.give()
    assert answer.status_code == 303
    assert answer.location.startswith(visit.stripe.base)
    [gift] = giving.gifts()
    assert isinstance(gift, Donation)
    assert (gift.amount, gift.costs, gift.currency, gift.state) == (
        5000,
        0,
        "EUR",
        DonationState.OPEN,
    )
    assert not answer.headers.getlist("Set-Cookie")


def test_everything_that_was_entered_is_kept(visit: Visit) -> None:
    with transaction() as session:
        funds.add(session, slug="lawyers", name="Lawyers")
    said = {"tribute": "memory", "tribute_name": "Anna", "notice": AMIRA, "message": "Keep going"}
    ticked = {"covers": "yes", "anonymous": "yes", "joins": "yes"}
    visit.give(said | ticked, amount="other", other="70", fund="lawyers", name="Boris")
    [gift] = giving.gifts()
    assert isinstance(gift, Donation)
    assert (gift.amount, gift.costs, gift.tribute) == (7235, 235, Tribute.MEMORY)
    assert (gift.anonymous, gift.joins_list, gift.fund_id is None) == (True, True, False)
    with transaction() as session:
        row = session.get_one(Donation, gift.id)
        assert row.donor
        assert (donors.address_of(session, row.donor), donors.name_of(session, row.donor)) == (
            BORIS,
            "Boris",
        )


@pytest.mark.parametrize("interval", ["month", "year"])
def test_a_gift_of_every_month_or_year_is_a_plan(visit: Visit, interval: str) -> None:
    assert visit.give(interval=interval).status_code == 303
    [plan] = giving.gifts()
    assert isinstance(plan, Plan)
    assert plan.interval is Interval(interval)


@pytest.mark.parametrize(
    ("lang", "typed"),
    [("en", "1,234.50"), ("fr", "1 234,50"), ("ar", "١٬٢٣٤٫٥٠"), ("es", "1.234,50")],
)
def test_amounts_are_typed_as_each_language_writes_them(
    visit: Visit, lang: str, typed: str
) -> None:
    assert visit.give(lang=lang, amount="", other=typed).status_code == 303
    assert [gift.amount for gift in giving.gifts()] == [123450]


def test_a_double_click_is_one_gift_and_one_session(visit: Visit) -> None:
    form = visit.form()
    places = {visit.give(form).location for _ in range(3)}
    assert len(places) == len(giving.gifts()) == visit.heard() == 1


def test_two_clicks_at_once_are_one_gift_and_one_session(visit: Visit) -> None:
    form, places = visit.form(), list[str]()

    def click() -> None:
        places.append(visit.app.test_client().post("/donate", data=giving.USUAL | form).location)

    clicks = [threading.Thread(target=click) for _ in range(3)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert len(giving.gifts()) == len(set(places)) == len(sessions(visit)) == 1


def test_a_reset_after_stripe_acted_opens_no_second_session(visit: Visit) -> None:
    form = visit.form()
    visit.stripe.api.troubles.order(Trouble("reset_after", count=3))
    assert visit.give(form).status_code == 503
    assert visit.give(form).status_code == 303
    assert len(sessions(visit)) == len(giving.gifts()) == 1


def test_who_comes_back_and_changes_the_amount_can_pay_the_new_one_alone(visit: Visit) -> None:
    form = visit.form()
    visit.give(form)
    visit.give(form, amount="10000")
    assert sorted(str(each["status"]) for each in sessions(visit)) == ["expired", "open"]
    assert sorted(gift.amount for gift in giving.gifts()) == [5000, 10000]


def test_nothing_of_a_person_is_in_any_request_to_stripe(visit: Visit) -> None:
    said = {"name": "Boris Nobody", "tribute_name": "Anna Nobody", "message": "Keep going"}
    for interval in ("", "month"):
        form = visit.form(name=interval or "once")
        visit.give(form | said, interval=interval, tribute="honour", notice=AMIRA)
    assert visit.heard() == 2
    heard = b"".join(each.body + repr(each.headers).encode() for each, _ in visit.stripe.api.heard)
    for word in (BORIS, AMIRA, *said.values()):
        assert re.sub(r"[@ ].*", "", word).encode() not in heard


def test_the_form_answers_the_same_for_any_address(visit: Visit) -> None:
    visit.give(visit.form(name="first"))
    answers = [
        visit.give(visit.form(name=address), address=address)
        for address in (BORIS, AMIRA, BORIS.upper())
    ]
    shapes = {re.sub(r"cs_\w+", "cs", answer.text) + str(answer.status_code) for answer in answers}
    assert len(shapes) == 1


def test_who_gave_already_and_posts_again_is_told_so(visit: Visit) -> None:
    form = visit.form()
    visit.give(form)
    giving.hear(visit, giving.pay(visit))
    answer = visit.give(form)
    assert answer.status_code == 303
    assert f"/donate/thanks?session_id={giving.session_ids()[0]}" in answer.location


def test_without_a_key_to_stripe_nobody_is_asked_to_give(client: FlaskClient) -> None:
    for answer in (client.get("/donate"), client.post("/donate"), client.get("/donate/thanks")):
        assert answer.status_code == 404
        assert "This site takes no gifts" in answer.text
    assert "/donate" not in client.get("/").text


def sessions(visit: Visit) -> list[dict[str, object]]:
    with visit.stripe.world.lock:
        return list(visit.stripe.world.shelf.all("checkout.session"))
