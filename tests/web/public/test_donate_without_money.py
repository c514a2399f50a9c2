"""A site whose Stripe is a sandbox says so wherever somebody gives."""

import pytest

from config import stripe_access
from config.settings import Settings
from tests.web.public import giving
from tests.web.public.giving import Visit

SAID = "No real money"


@pytest.mark.parametrize("path", ["/donate", "/donate?currency=GBP", "/donate/thanks"])
def test_every_page_of_giving_says_that_the_money_is_not_real(visit: Visit, path: str) -> None:
    assert SAID in visit.client.get(path).text


def test_it_is_said_in_the_readers_language(visit: Visit) -> None:
    assert "Это не настоящие деньги" in visit.client.get("/donate?lang=ru").text


@pytest.mark.parametrize("path", ["/", "/subscribe", "/privacy"])
def test_no_other_page_speaks_of_it(visit: Visit, path: str) -> None:
    assert SAID not in visit.client.get(path).text


def test_a_site_at_stripe_itself_says_nothing_of_the_kind(visit: Visit, settings: Settings) -> None:
    with giving.site(settings, visit.stripe, stripe_api_base=stripe_access.BASE) as real:
        page = real.client.get("/donate")
    assert (page.status_code, SAID in page.text) == (200, False)
