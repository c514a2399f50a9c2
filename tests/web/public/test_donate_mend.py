"""A donor enters what cannot be acted on: a sentence beside the field, and nothing asked or stored."""

import dataclasses
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import limits
from tests.browser import Page
from tests.cast import AMIRA, BORIS
from tests.web.public import giving, visits
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline
from web.public.donate_form import Entry

WRONG = {
    "no amount": ({"amount": ""}, "amount"),
    "another amount, not entered": ({"amount": "other"}, "amount"),
    "an amount that was not suggested": ({"amount": "1"}, "amount"),
    "two amounts": ({"other": "70"}, "amount"),
    "no number": ({"amount": "", "other": "plenty"}, "other"),
    "too small": ({"amount": "", "other": "1"}, "other"),
    "too large": ({"amount": "", "other": "100001"}, "other"),
    "cents of cents": ({"amount": "", "other": "50.0055"}, "other"),
    "negative": ({"amount": "", "other": "-50"}, "other"),
    "another currency": ({"currency": "JPY"}, "currency"),
    "another interval": ({"interval": "day"}, "interval"),
    "no such fund": ({"fund": "nowhere"}, "fund"),
    "no address": ({"address": ""}, "address"),
    "a broken address": ({"address": "boris"}, "address"),
    "a long name": ({"name": "B" * 121}, "name"),
    "a long message": ({"message": "m" * 501}, "message"),
    "a language of ours that is none": ({"language": "xx"}, "language"),
    "in honour of nobody": ({"tribute": "honour"}, "tribute_name"),
    "a name honoured in no way": ({"tribute_name": "Anna"}, "tribute"),
    "a notice of no tribute": ({"notice": AMIRA}, "tribute"),
    "a broken notice": ({"tribute": "honour", "tribute_name": "A", "notice": "a"}, "notice"),
    "a link for a name": (
        {"tribute": "honour", "tribute_name": "see www.example.org", "notice": AMIRA},
        "tribute_name",
    ),
    "another tribute": ({"tribute": "blame", "tribute_name": "A"}, "tribute"),
}


@pytest.mark.parametrize(("fields", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_given_is_shown_again_with_a_sentence(
    visit: Visit, fields: dict[str, str], field: str
) -> None:
    before = visits.everything()
    answer = visit.give(fields)
    page = Outline(answer.text)
    assert answer.status_code == 422
    assert page.faults() == []
    assert f"#{field}" in [link["href"] for link in page.all("a")]
    assert f"{field}-fault" in page.ids()
    assert (visits.everything(), visit.heard()) == (before, 0)


def test_every_fault_is_shown_at_once_and_what_was_entered_is_still_there(visit: Visit) -> None:
    answer = visit.give(
        amount="", other="plenty", address="boris", name="Boris", message="Keep going", joins="yes"
    )
    assert answer.text.count('class="fault"') == 2
    for kept in ('value="plenty"', 'value="boris"', 'value="Boris"', ">Keep going</textarea>"):
        assert kept in answer.text
    assert 'id="joins" name="joins" type="checkbox" value="yes" checked' in answer.text


def test_an_amount_that_is_too_small_says_what_is_enough(visit: Visit) -> None:
    assert "The smallest gift that we take here is €5." in visit.give(amount="", other="4.99").text
    assert visit.give(amount="", other="5").status_code == 303


def test_two_amounts_are_named_and_neither_is_taken(visit: Visit) -> None:
    assert "You chose €50 and entered €70." in visit.give(other="70").text
    assert visit.give(other="50.00").status_code == 303


@pytest.mark.parametrize("age", [-3600, 13 * 3600, 400 * 24 * 3600])
def test_a_form_of_another_day_comes_back_as_it_was_filled_in(visit: Visit, age: int) -> None:
    answer = visit.give(visit.form(age=age, signed=age), name="Boris")
    assert answer.status_code == 400
    assert "What you entered is still here" in answer.text
    assert 'value="Boris"' in answer.text


@pytest.mark.parametrize("nonce", ["", "x", "a.b.c", "é", "9" * 10_000])
def test_a_form_that_is_not_ours_begins_nothing(visit: Visit, nonce: str) -> None:
    assert visit.give(visit.form() | {"form_nonce": nonce}).status_code == 400
    assert visit.give(visit.form() | {"shown": "1.x"}).status_code == 400
    assert not giving.gifts()


def test_a_form_that_came_back_can_be_sent_as_it_is(visit: Visit) -> None:
    page = Page("/donate", 422, visit.give(visit.form(), address="").text)
    fields = dict(page.form("donate").fields) | {"address": BORIS, "language": "en"}
    assert visit.client.post("/donate", data=fields).status_code == 303


def test_who_is_faster_than_a_person_is_asked_to_press_again(visit: Visit) -> None:
    answer = visit.give(visit.form(age=limits.GIVE_SECONDS - 2))
    assert answer.status_code == 400
    assert "faster than people usually are" in answer.text
    assert not giving.gifts()


def test_who_fills_in_what_nobody_sees_is_asked_to_press_again(visit: Visit) -> None:
    answer = visit.give(website="https://example.org")
    assert answer.status_code == 400
    assert 'name="website" type="text" tabindex="-1" autocomplete="off">' in answer.text
    assert not giving.gifts()


@pytest.mark.parametrize(
    "body", [b"address=\xff&amount=5000", b"name=a%00b", b"message=" + b"m" * 100_000, b""]
)
def test_what_is_no_text_or_too_much_is_answered_with_the_form(visit: Visit, body: bytes) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = visit.client.post("/donate", data=body, content_type=kind)
    assert 400 <= answer.status_code < 500
    assert 'id="amount"' in answer.text
    assert not giving.gifts()


words = st.one_of(st.text(max_size=40), st.sampled_from(["other", "month", "honour", BORIS, "50"]))
NAMES = [field.name for field in dataclasses.fields(Entry)]


@given(fields=st.dictionaries(st.sampled_from(NAMES), words))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_only_what_leads_to_stripe_is_ever_stored(visit: Visit, fields: dict[str, str]) -> None:
    before = visits.everything()
    data = visit.form() | {"currency": "EUR", "language": "en"} | fields
    kind = "application/x-www-form-urlencoded"
    answer = visit.client.post("/donate", data=urlencode(data), content_type=kind)
    assert answer.status_code in {303, 400, 422}
    assert answer.status_code == 303 or visits.everything() == before
