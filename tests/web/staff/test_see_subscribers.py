"""Subscribers in the console: counts for readers of it, one person for administrators, a list for nobody."""

import pytest
from flask import Flask

from config import limits
from mailer import consent
from tests import builders
from tests.cast import AMIRA, BORIS
from tests.mailer.subscribers.conftest import BEFORE, Person, amira, events
from tests.web.staff import members
from tests.web.staff.members import Member

__all__ = ["amira"]

S = "/staff/subscribers/"


@pytest.fixture
def ada(app: Flask) -> Member:
    """Give an administrator."""
    return members.of(app, "ada", "admin")


def test_the_counts_are_by_state_and_topic_and_week_and_name_nobody(
    app: Flask, amira: Person
) -> None:
    BEFORE["confirmed"](amira)
    page = members.of(app, "chen", "author").read(S)
    assert "Press releases" in page
    assert page.count('<th scope="row">') == limits.WEEKS_SHOWN
    assert "amira" not in page
    assert f"{S}find" not in page


def test_a_person_is_found_by_the_whole_address_and_shown_without_it(
    ada: Member, amira: Person
) -> None:
    BEFORE["ended"](amira)
    answer = ada.post(f"{S}find", address="Amira@Example.org")
    assert answer.location == f"{S}{amira.id}"
    page = ada.read(answer.location)
    assert "amira" not in page.lower()
    for words in ("requested", "confirmed", "withdrawn", "form /subscribe", "unsubscribed"):
        assert words in page
    assert consent.wording("Example Rights Foundation") in page
    assert members.acts() == ["subscriber.show"]


@pytest.mark.parametrize("address", [BORIS, "mira@example.org"])
def test_an_address_we_do_not_have_finds_nobody(ada: Member, amira: Person, address: str) -> None:
    BEFORE["confirmed"](amira)
    assert "There is no subscriber" in ada.post(f"{S}find", address=address).text


def test_a_part_of_an_address_is_refused(ada: Member) -> None:
    assert ada.post(f"{S}find", address="amira").status_code == 422


def test_ending_takes_a_reason_of_the_list_alone(ada: Member, amira: Person) -> None:
    BEFORE["confirmed"](amira)
    assert ada.post(f"{S}{amira.id}/end", reason="because I say so").status_code == 422
    assert amira.state == "confirmed"
    assert ada.post(f"{S}{amira.id}/end", reason="complained").status_code == 303
    assert (amira.state, amira.suppressed) == ("ended", True)
    assert members.acts() == ["subscriber.end"]


def test_erasing_needs_its_box_ticked_and_leaves_the_suppression(
    ada: Member, amira: Person
) -> None:
    BEFORE["confirmed"](amira)
    path = f"{S}{amira.id}"
    ada.post(f"{path}/erase")
    assert (amira.state, members.acts()) == ("confirmed", [])
    assert ada.post(f"{path}/erase", sure="yes").location == S
    assert (amira.state, amira.suppressed) == (None, True)
    assert (members.acts(), events()[-1]) == (["subscriber.erase"], "withdrawn")
    assert ada.get(path).status_code == 404
    assert "It is suppressed (erased" in ada.post(f"{S}find", address=AMIRA).text


@pytest.mark.parametrize("path", ["find", "1", "1/end", "1/erase"])
def test_who_signed_in_long_ago_is_asked_again(
    ada: Member, amira: Person, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    BEFORE["confirmed"](amira)
    monkeypatch.setattr(limits, "FRESH_SIGN_IN_SECONDS", -1)
    posted = {"address": AMIRA, "reason": "complained", "sure": "yes"}
    answer = ada.get(f"{S}1") if path == "1" else ada.post(f"{S}{path}", **posted)
    assert "/staff/sign-in/again" in answer.location
    assert (amira.state, members.acts()) == ("confirmed", [])


@pytest.mark.parametrize("role", ["author", "approver", "finance"])
def test_one_person_is_for_administrators_alone(app: Flask, role: str) -> None:
    id_ = builders.subscriber(AMIRA)
    member = members.of(app, "bo", role)
    assert member.get(S).status_code == (403 if role == "finance" else 200)
    assert member.get(f"{S}find").status_code == 403
    assert member.get(f"{S}{id_}").status_code == 403
    for act in ("end", "erase"):
        assert member.post(f"{S}{id_}/{act}", sure="yes").status_code == 403
    assert builders.state_of(AMIRA) == "confirmed"
