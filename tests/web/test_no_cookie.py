"""A visitor is given no cookie, and the one they bring is not read."""

import pytest
from flask import Flask, session
from flask.testing import FlaskClient

from web import kinds

PUBLIC = [
    "/",
    "/releases/",
    "/subscribe",
    "/privacy",
    "/giving",
    "/healthz",
    "/readyz",
    "/nothing/here",
    "/static/site.css",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(path, buffered=True)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_answers_the_same_whatever_cookie_comes(
    client: FlaskClient, path: str
) -> None:
    plain = client.get(path, buffered=True).status_code
    client.set_cookie("samizdat", "forged")
    client.set_cookie("remember_token", "1|forged")
    answer = client.get(path, buffered=True)
    assert answer.status_code == plain
    assert "Set-Cookie" not in answer.headers


def test_a_refused_form_of_a_visitor_sets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.post("/subscribe", data={"address": "x"}).headers


def test_a_public_page_cannot_write_a_session(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="Only /staff/"):
        session["visitor"] = 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/staff", "staff"),
        ("/staff/x", "staff"),
        ("/staffing", "public"),
        ("/hooks/x", "hook"),
        ("/api/v1", "api"),
    ],
)
def test_the_kind_of_a_path_is_its_first_part(path: str, kind: str) -> None:
    assert kinds.of(path).value == kind
