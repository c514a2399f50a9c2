"""Signing in with address and password."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from db.session import transaction
from staff import accounts
from staff.models import StaffMember
from tests.cast import EVE, Staff, hire
from tests.web.browser import SIGN_IN, Browser

NOBODY = Staff(0, "nobody@example.org")


def refused(client: Browser, member: Staff) -> str:
    page = client.sign_in(member, password="not the password").text
    return re.sub(r'value="[^"]*"', "", page)


def test_a_member_signs_in_and_sees_who_they_are(client: Browser) -> None:
    dana = hire("dana", "approver")
    assert client.sign_in(dana).location == "/staff/"
    assert "dana@example.org, approver" in client.get("/staff/").text


def test_the_case_of_an_address_does_not_matter(client: Browser) -> None:
    dana = hire("dana")
    assert client.sign_in(dana, email="DANA@Example.org").location == "/staff/"


def test_known_and_unknown_addresses_get_the_same_answer(client: Browser) -> None:
    assert refused(client, hire("dana")) == refused(client, NOBODY)


def test_a_refusal_says_what_to_do(client: Browser) -> None:
    assert "address or the password is not right" in refused(client, NOBODY)


def test_an_invited_member_without_a_password_gets_the_same_answer(client: Browser) -> None:
    with transaction() as session:
        accounts.create(session, email=EVE, roles=[])
    assert refused(client, Staff(0, EVE)) == refused(client, NOBODY)


def test_a_deactivated_member_is_refused(client: Browser) -> None:
    dana = hire("dana")
    with transaction() as session:
        accounts.deactivate(session, accounts.find(session, dana.email))
    assert client.sign_in(dana).status_code == 200
    assert client.get("/staff/").status_code == 303


def test_nobody_is_remembered_whatever_is_posted(client: Browser) -> None:
    cookies = client.sign_in(hire("dana"), remember="y").headers.getlist("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["samizdat"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example.org",
        "https://evil.example.org/",
        "/\\evil.example.org",
        "https:///x",
        "javascript:x",
    ],
)
def test_sign_in_leads_to_own_pages_only(client: Browser, elsewhere: str) -> None:
    dana = hire("dana")
    token = client.token(SIGN_IN)
    given = {"csrf_token": token, "email": dana.email, "password": dana.password}
    answer = client.post(SIGN_IN, query_string={"next": elsewhere}, data=given)
    goal = urlsplit(answer.location or "/staff/")
    assert (goal.scheme, goal.netloc) == ("", "")
    assert re.match(r"/(?![/\\])", goal.path)


def test_sign_in_leads_back_to_the_page_asked_for(client: Browser) -> None:
    dana = hire("dana")
    asked = client.get("/staff/account")
    assert asked.location == "/staff/sign-in?next=/staff/account"
    given = {"csrf_token": client.token(SIGN_IN), "email": dana.email, "password": dana.password}
    assert client.post(asked.location, data=given).location == "/staff/account"


def test_sign_in_gives_no_token_to_scripts(client: Browser) -> None:
    dana = hire("dana")
    given = {"email": dana.email, "password": dana.password}
    headers = {"X-CSRFToken": client.token(SIGN_IN), "Accept": "application/json"}
    answer = client.post(f"{SIGN_IN}?include_auth_token", json=given, headers=headers)
    assert b"token" not in answer.data


def test_a_token_in_place_of_a_session_opens_nothing(client: Browser, app: Flask) -> None:
    dana = hire("dana")
    with transaction() as session:
        token = str(session.get_one(StaffMember, dana.id).get_auth_token())
    headers = {"Authentication-Token": token}
    assert client.get("/staff/", headers=headers).status_code == 303
    assert client.get(f"/staff/?auth_token={token}").status_code == 303


def test_pages_that_would_write_mails_are_closed(client: Browser) -> None:
    for path in ("/staff/sign-in/rescue", "/staff/reset", "/register", "/reset", "/confirm-email"):
        assert client.get(path).status_code == 404
