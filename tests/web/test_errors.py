"""Every error has a page with a sentence, and shows nothing of what went wrong inside."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.exceptions import abort

from mailer.tokens import TokenDamaged, TokenExpired
from tests.web.browser import SIGN_IN, Browser
from web import errors

STATUSES = [400, 403, 404, 405, 410, 413, 415, 422, 429, 500, 503]


def failing(app: Flask, path: str, error: Callable[[], object]) -> tuple[int, str]:
    """Answer a request whose view raises; the app's own error table decides."""
    with app.test_request_context(path):
        try:
            error()
        except Exception as raised:  # noqa: BLE001 - the table takes every kind
            response = errors.answer(raised)
            return response.status_code, response.get_data(as_text=True)
    raise AssertionError("it did not fail")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("path", ["/x", "/staff/x"])
def test_each_status_has_a_page_that_says_what_to_do(app: Flask, status: int, path: str) -> None:
    got, page = failing(app, path, lambda: abort(status))
    assert got == status
    assert errors.PAGES[status].sentence in page
    assert '<html lang="en" dir="ltr">' in page


@pytest.mark.parametrize("path", ["/api/x", "/hooks/x"])
@pytest.mark.parametrize("status", STATUSES)
def test_machines_get_a_problem_document(app: Flask, status: int, path: str) -> None:
    _, text = failing(app, path, lambda: abort(status))
    problem = json.loads(text)
    assert problem["status"] == status
    assert problem["detail"] == errors.PAGES[status].sentence


def leak() -> None:
    raise ValueError("the password is hunter2")


def test_an_error_nobody_foresaw_says_nothing(app: Flask) -> None:
    status, page = failing(app, "/x", leak)
    assert status == 500
    assert "hunter2" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize(("error", "status"), [(TokenDamaged, 404), (TokenExpired, 410)])
def test_a_bad_link_has_a_page(app: Flask, error: type[Exception], status: int) -> None:
    def fail() -> None:
        raise error

    assert failing(app, "/confirm/x", fail)[0] == status


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    assert "GET" in client.delete("/healthz").headers["Allow"]


def test_without_the_database_pages_say_503(build: Callable[..., Flask]) -> None:
    gone = build(database_url=SecretStr("postgresql://nobody@localhost:9/none"))
    answer = gone.test_client().get("/releases/")
    assert answer.status_code == 503
    assert "try again in a few minutes" in answer.text


def test_without_the_database_nobody_is_signed_in(build: Callable[..., Flask]) -> None:
    client = build(database_url=SecretStr("postgresql://nobody@localhost:9/none")).test_client()
    assert isinstance(client, Browser)
    answer = client.send(SIGN_IN, email="dana@example.org", password="a long password")
    assert answer.status_code == 503
