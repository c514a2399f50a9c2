"""Funds in the console: added, ordered, retired and offered again; what cannot be is said and kept typed."""

import pytest
from flask import Flask

from db.session import transaction
from payments import funds
from tests.web.staff import members
from tests.web.staff.members import Member

FUNDS = "/staff/funds/"


@pytest.fixture
def bo(app: Flask) -> Member:
    """Give Bo, who looks after the money, and two funds."""
    with transaction() as session:
        funds.add(session, slug="courts", name="Courts")
        funds.add(session, slug="exile", name="Exile", description="Those who left.")
    return members.of(app, "bo", "finance")


def offered() -> list[str]:
    with transaction() as session:
        return [fund.slug for fund in funds.offered(session)]


def test_without_funds_the_page_says_what_the_form_does(app: Flask) -> None:
    assert "No fund is offered" in members.of(app, "bo", "finance").read(FUNDS)


def test_a_fund_is_added_behind_the_others(bo: Member) -> None:
    answer = bo.post(FUNDS, slug="press", name="Press", description="For  papers.")
    assert (answer.status_code, offered()) == (303, ["courts", "exile", "press"])
    assert "For papers." in bo.read(FUNDS)
    assert members.acts() == ["fund.add"]


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("courts", "Again"),
        ("Bad Slug", "X"),
        ("", "X"),
        ("x", " "),
        ("x", "x" * 81),
        ("x" * 99, "x"),
    ],
)
def test_what_cannot_be_added_keeps_what_was_typed(bo: Member, slug: str, name: str) -> None:
    answer = bo.post(FUNDS, slug=slug, name=name, description="Those in court.")
    assert (answer.status_code, offered()) == (422, ["courts", "exile"])
    assert 'value="Those in court."' in answer.text
    assert 'id="fault"' in answer.text


def test_funds_are_ordered_by_hand(bo: Member) -> None:
    bo.post(f"{FUNDS}exile/move", direction="up")
    assert offered() == ["exile", "courts"]
    bo.post(f"{FUNDS}exile/move", direction="up")
    bo.post(f"{FUNDS}exile/move", direction="down")
    assert offered() == ["courts", "exile"]


def test_a_retired_fund_is_offered_to_nobody_and_can_come_back(bo: Member) -> None:
    bo.post(f"{FUNDS}exile/retire")
    assert offered() == ["courts"]
    assert "Offered to nobody since" in bo.read(FUNDS)
    bo.post(f"{FUNDS}exile/restore")
    assert offered() == ["courts", "exile"]
    assert members.acts() == ["fund.retire", "fund.restore"]


@pytest.mark.parametrize("act", ["move", "retire", "restore"])
def test_a_fund_that_is_not_there_is_said_to_be_missing(bo: Member, act: str) -> None:
    assert bo.post(f"{FUNDS}nope/{act}").status_code == 404
