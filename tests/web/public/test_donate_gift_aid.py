"""A donor who pays UK tax declares it with a gift in pounds; nobody else is asked or bothered."""

import html
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config import languages, limits
from config.settings import Settings
from db.session import transaction
from payments import declarations, donors, giving
from payments.documents import packs
from payments.giving import Words
from payments.models.donors import Donor
from sandbox.stripe.server import Stripe
from sandbox.stripe.troubles import Trouble
from tests.browser import Page
from tests.web.public import giving as at_the_door
from tests.web.public import visits
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline

HOME = "12 High Street\r\n\r\n  Bristol \r\nBS1 4DJ\r\n"
KEPT = "12 High Street\nBristol\nBS1 4DJ"
TICKED = {"currency": "GBP", "declares": "yes", "name": "Boris Example", "home": HOME}
UNTICKED = TICKED | {"declares": ""}


@pytest.fixture
def british(settings: Settings, app: Flask) -> Iterator[Visit]:
    """Give a visitor at the site of a charity in the United Kingdom."""
    with (
        Stripe(port=0, now=int(time.time())) as stripe,
        at_the_door.site(settings, stripe, receipt_pack="uk") as visit,
    ):
        yield visit


def wording(language: str = "en") -> str:
    said = packs.words("uk", language)
    return said.say("declaration", organisation="Example Rights Foundation")


def kept() -> list[Words]:
    """Return what is kept of the words of each gift and plan."""
    with transaction() as session:
        return [giving.words_of(session, each) for each in at_the_door.gifts()]


@pytest.mark.parametrize("language", languages.BY_CODE)
def test_the_form_in_pounds_shows_the_declaration_word_for_word(
    british: Visit, language: str
) -> None:
    answer = british.client.get(f"/donate?currency=GBP&lang={language}")
    assert f'<label for="declares">{html.escape(wording(language))}</label>' in answer.text
    page = Outline(answer.text)
    assert page.faults() == []
    [box] = [each for each in page.all("input") if each.get("name") == "declares"]
    assert "checked" not in box


def test_no_other_currency_and_no_other_country_is_asked(british: Visit, visit: Visit) -> None:
    for page in (
        british.client.get("/donate?currency=EUR"),
        visit.client.get("/donate?currency=GBP"),
    ):
        assert "declares" not in Outline(page.text).ids()


@pytest.mark.parametrize("interval", ["", "month"])
def test_what_is_declared_waits_with_the_gift_word_for_word(british: Visit, interval: str) -> None:
    assert british.give(TICKED, interval=interval, lang="fr").status_code == 303
    [said] = kept()
    assert said == Words(name="Boris Example", postal_address=KEPT, declaration=wording("fr"))


def test_once_it_is_paid_it_is_declared_by_its_donor(british: Visit) -> None:
    british.give(TICKED)
    at_the_door.hear(british, at_the_door.pay(british))
    with transaction() as session:
        [gift] = at_the_door.gifts()
        donor = session.get_one(Donor, gift.donor_id)
        stands = declarations.standing(session, donor)
        assert stands
        assert (stands.wording, donors.postal_address_of(session, donor)) == (wording(), KEPT)
    assert kept() == [Words()]


def test_a_home_without_a_tick_is_not_kept(british: Visit) -> None:
    assert british.give(UNTICKED).status_code == 303
    assert kept() == [Words(name="Boris Example")]


def test_a_tick_that_nobody_was_shown_is_none(visit: Visit) -> None:
    assert visit.give(TICKED).status_code == 303
    assert kept() == [Words(name="Boris Example")]


WRONG = {
    "in euros": ({"currency": "EUR"}, "declares"),
    "in no currency of ours": ({"currency": "JPY"}, "declares"),
    "no name": ({"name": ""}, "name"),
    "half a name": ({"name": "Boris"}, "name"),
    "a long name": ({"name": "B " * 100}, "name"),
    "no home": ({"home": ""}, "home"),
    "no postcode": ({"home": "12 High Street, Bristol"}, "home"),
    "no house": ({"home": "BS1 4DJ"}, "home"),
    "a long home": ({"home": HOME + "x" * limits.HOME_ADDRESS_LENGTH}, "home"),
}


@pytest.mark.parametrize(("fields", "field"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_declared_is_shown_again_with_a_sentence(
    british: Visit, fields: dict[str, str], field: str
) -> None:
    before = visits.everything()
    answer = british.give(TICKED | fields)
    page = Outline(answer.text)
    assert answer.status_code == 422
    assert page.faults() == []
    assert f"#{field}" in [link["href"] for link in page.all("a")]
    assert f"{field}-fault" in page.ids()
    assert (visits.everything(), british.heard()) == (before, 0)


def test_what_was_entered_is_still_there_and_can_be_mended(british: Visit) -> None:
    answer = british.give(TICKED, name="Boris")
    assert ">12 High Street" in answer.text
    form = dict(Page("/donate", 422, answer.text).form("donate").fields)
    assert form["declares"] == "yes"
    mended = form | {"name": "Boris Example", "amount": "5000", "language": "en"}
    assert british.client.post("/donate", data=mended).status_code == 303
    assert kept()[0].postal_address == KEPT


def test_the_tick_survives_a_stripe_that_is_away(british: Visit) -> None:
    british.stripe.api.troubles.order(Trouble("reset_before", count=3))
    form = Page("/donate", 503, british.give(TICKED).text).form("Try again")
    assert british.client.post(form.action, data=dict(form.fields)).status_code == 303
    assert kept() == [Words(name="Boris Example", postal_address=KEPT, declaration=wording())]
    assert len(at_the_door.gifts()) == 1


def test_stripe_is_told_nothing_of_name_home_and_tax(british: Visit) -> None:
    british.give(TICKED)
    told = " ".join(repr(request) for request, _ in british.stripe.api.heard)
    assert "client_reference_id" in told
    assert not [word for word in ("Boris", "Bristol", "BS1", "Gift Aid") if word in told]


@given(name=st.text(max_size=40), home=st.text(max_size=40))
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_typed_is_mended_or_declared(british: Visit, name: str, home: str) -> None:
    fields = TICKED | {"name": f"Boris {name}", "home": f"12 High Street\n{home}\nBS1 4DJ"}
    answer = british.give(british.form(name=str(hash((name, home)))) | fields)
    assert answer.status_code in {303, 400, 422, 429}
