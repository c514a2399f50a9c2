"""Under an address that a stranger has typed, no Gift Aid is claimed in a name that is not the giver's."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from config import limits
from config.settings import Settings
from db.session import transaction
from payments import donors, gift_aid
from payments.gift_aid import Claim
from sandbox.stripe.server import Stripe
from tests.web.public import giving as at_the_door
from tests.web.public import own_gifts
from tests.web.public.giving import Visit
from tests.web.public.outline import Outline

MALLORY = {"name": "Mallory Stranger", "amount": "2000", "declares": "yes"} | {
    "home": "66 Mallory Lane\r\nBristol\r\nBS1 4DJ"
}
TICKED = {"declares": "yes", "home": "12 High Street\r\nBath\r\nBA1 1AA"}


@pytest.fixture
def british(settings: Settings, app: Flask) -> Iterator[Visit]:
    """Give a visitor at the site of a charity in the United Kingdom."""
    with (
        Stripe(port=0, now=int(time.time())) as stripe,
        at_the_door.site(settings, stripe, receipt_pack="uk") as visit,
    ):
        yield visit


def given(visit: Visit, name: str, **fields: Any) -> None:
    """Give 250 pounds under Boris's address."""
    own_gifts.given(visit, **{"currency": "GBP", "amount": "25000", "name": name} | fields)


def rename(visit: Visit, name: str) -> int:
    """Set the name right on Boris's own page; return the status."""
    return visit.client.post(f"{own_gifts.link()}/name", data={"name": name}).status_code


def claimed() -> list[tuple[str, str, int]]:
    """Return last name, house and amount of each claim; '' and the reason of what is left out."""
    today = datetime.now(UTC).date()
    with transaction() as session:
        found = gift_aid.claims(session, today - timedelta(3), today + timedelta(3))
        return [
            (each.name.last, each.home.house, each.amount)
            if isinstance(each, Claim)
            else ("", each.why, 0)
            for each in found
        ]


OTHER = ("", "it was given in another name than the donor's", 0)
OF_MALLORY = ("Stranger", "66", 2_000)


def test_who_gives_after_the_stranger_is_not_claimed_for_as_them(british: Visit) -> None:
    given(british, **MALLORY)
    given(british, "Boris Example")
    given(british, "")
    assert claimed() == [OF_MALLORY, OTHER, OTHER]


def test_who_gave_before_without_a_name_is_not_claimed_for(british: Visit) -> None:
    given(british, "")
    given(british, **MALLORY)
    assert claimed() == []


def test_who_gave_before_the_home_was_typed_is_not_claimed_for(british: Visit) -> None:
    given(british, "Boris Example")
    given(british, **MALLORY | {"name": "boris  EXAMPLE"})
    assert claimed() == [("Example", "66", 2_000)]


def test_payments_of_a_plan_follow_its_first(british: Visit) -> None:
    given(british, **MALLORY)
    given(british, "Boris Example", interval="month")
    british.stripe.advance(32 * 24 * 3600)
    own_gifts.hear(british)
    assert claimed()[:2] == [OF_MALLORY, OTHER]
    assert OF_MALLORY not in claimed()[1:]


def test_boris_names_himself_on_his_page_and_declares_with_his_next_gift(british: Visit) -> None:
    given(british, **MALLORY)
    given(british, "Boris Example")
    assert rename(british, " Boris   Example ") == 303
    given(british, "Boris Example", **TICKED)
    given(british, "boris example")
    of_boris = ("Example", "12", 25_000)
    assert claimed() == [of_boris, of_boris]


def test_who_gave_without_a_name_can_declare_once_they_are_named(british: Visit) -> None:
    given(british, "")
    rename(british, "Boris Example")
    given(british, "Boris Example", **TICKED)
    assert claimed() == [("Example", "12", 25_000)]


def test_to_spell_the_same_name_otherwise_ends_nothing(british: Visit) -> None:
    given(british, "boris example", **TICKED)
    rename(british, "Boris Example")
    assert claimed() == [("Example", "12", 25_000)]
    with transaction() as session:
        assert donors.name_of(session, own_gifts.donor()) == "Boris Example"


@pytest.mark.parametrize("name", ["", "  ", "B\x1bris", "B" * (limits.DONOR_NAME_LENGTH + 1)])
def test_what_is_no_name_is_shown_again_with_a_sentence(visit: Visit, name: str) -> None:
    own_gifts.given(visit, name="Boris Example")
    answer = visit.client.post(f"{own_gifts.link()}/name", data={"name": name})
    assert (answer.status_code, "in one line" in answer.text) == (422, True)
    assert Outline(answer.text).faults() == []
    with transaction() as session:
        assert donors.name_of(session, own_gifts.donor()) == "Boris Example"


def test_the_page_says_that_it_is_changed(visit: Visit) -> None:
    own_gifts.given(visit, name="")
    page = visit.client.post(
        f"{own_gifts.link()}/name", data={"name": "Boris Example"}, follow_redirects=True
    )
    assert "Your name is changed" in page.text
    assert Outline(page.text).faults() == []
