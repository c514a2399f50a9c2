"""No other site can make a signed-in browser act."""

import pytest

from tests.cast import Staff
from tests.web.browser import Browser

PASSWORD = "/staff/account/password"


def test_a_form_without_a_token_is_refused_with_a_sentence(client: Browser) -> None:
    answer = client.post("/staff/sign-in", data={"email": "x@example.org", "password": "x"})
    assert answer.status_code == 400
    assert "reload the page" in answer.text


@pytest.mark.parametrize("path", [PASSWORD, "/staff/sign-out", "/staff/account/passkeys/remove"])
def test_every_change_of_a_member_needs_a_token(client: Browser, chen: Staff, path: str) -> None:
    assert client.post(path).status_code == 400
    assert client.get("/staff/").status_code == 200


def test_the_token_of_another_browser_is_refused(client: Browser, chen: Staff) -> None:
    other = Browser(client.application, client.response_wrapper)
    foreign = other.token("/staff/sign-in")
    assert client.post("/staff/sign-out", data={"csrf_token": foreign}).status_code == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_is_refused_even_with_a_token(client: Browser, chen: Staff, site: str) -> None:
    token = client.token("/staff/account")
    headers = {"Sec-Fetch-Site": site}
    answer = client.post("/staff/sign-out", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 403


def test_sign_out_by_a_link_is_refused(client: Browser, chen: Staff) -> None:
    assert client.get("/staff/sign-out").status_code == 405
    assert client.get("/staff/").status_code == 200
